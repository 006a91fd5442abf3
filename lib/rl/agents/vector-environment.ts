/**
 * Several copies of an environment that step together, each starting over when its episode ends.
 */
import { fail } from "../../core/errors.ts";
import type { Box, Discrete, Environment, Step } from "../environment.ts";

export interface VectorState {
  copies: unknown[];
  observations: number[][];
  /** Reward so far in the running episode of each copy. */
  returns: number[];
}

/** A copy's step; `observation` is the one it led to, also where that ended the episode. */
export interface VectorStep extends Step {
  /** Sum of the rewards of the episode that this step ended. */
  episode?: number;
}

export class VectorEnvironment {
  readonly observationSpace: Box;
  readonly actionSpace: Discrete;
  /** What each copy sees now. */
  observations: Float32Array[];
  private readonly copies: readonly Environment[];
  private returns: number[];

  constructor(make: () => Environment, count: number, seed: number) {
    this.copies = Array.from({ length: count }, make);
    if (new Set(this.copies).size < count)
      fail("VectorEnvironment", { expected: "a function that makes a new environment each time", got: "the same one twice" }); // prettier-ignore
    const [{ observationSpace, actionSpace }] = this.copies;
    this.observationSpace = observationSpace;
    this.actionSpace = actionSpace;
    // Seeds far apart, so that runs of neighbouring seeds share no episode.
    this.observations = this.copies.map((copy, i) => copy.reset(seed * 1009 + i).observation);
    this.returns = this.copies.map(() => 0);
  }

  step(actions: readonly number[]): VectorStep[] {
    const steps = this.copies.map((copy, i): VectorStep => {
      const step = copy.step(actions[i]);
      this.returns[i] += step.reward;
      if (!step.terminated && !step.truncated) return step;
      const episode = this.returns[i];
      this.returns[i] = 0;
      return { ...step, episode };
    });
    this.observations = steps.map(({ observation, episode }, i) =>
      episode === undefined ? observation : this.copies[i].reset().observation,
    );
    return steps;
  }

  state(): VectorState {
    return {
      copies: this.copies.map((copy) => structuredClone(copy.state())),
      observations: this.observations.map((observation) => [...observation]),
      returns: [...this.returns],
    };
  }

  /** @throws GradbookError when the state is of another number of copies */
  restore({ copies, observations, returns }: VectorState): void {
    if (copies.length !== this.copies.length)
      fail("VectorEnvironment.restore", {
        expected: `the states of ${this.copies.length} copies`,
        got: copies.length,
      });
    this.copies.forEach((copy, i) => copy.restore(structuredClone(copies[i])));
    this.observations = observations.map((observation) => Float32Array.from(observation));
    this.returns = [...returns];
  }
}
