/**
 * What an agent acts in: Gymnasium's interface (Towers et al., arXiv 2407.17032), with typed observations.
 *
 * `reset` begins an episode, `step` goes on. `terminated` is an end that belongs to the task (the pole fell: no more
 * reward will come), `truncated` one from outside (the time was up: the state still has a value). Learners that
 * bootstrap need the difference. Left out: composite spaces, rendering modes, wrappers.
 */
import { fail } from "../core/errors.ts";

/** Numbers in a fixed shape, each from `low` to `high`. */
export interface Box {
  readonly kind: "box";
  readonly shape: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** One of 0 … n − 1. */
export interface Discrete {
  readonly kind: "discrete";
  readonly n: number;
  /** What the numbers mean, for people. */
  readonly names?: readonly string[];
}

/** What the environment tells beside the observation. */
export type Info = Readonly<Record<string, unknown>>;

export interface Step {
  observation: Float32Array;
  reward: number;
  terminated: boolean;
  truncated: boolean;
  info: Info;
}

/**
 * @typeParam State plain data: all it takes to go on from here, the random numbers included
 */
export interface Environment<State = unknown> {
  readonly name: string;
  readonly observationSpace: Box;
  readonly actionSpace: Discrete;
  /** Begins an episode; the same seed gives the same one. Without a seed the random numbers go on. */
  reset(seed?: number): { observation: Float32Array; info: Info };
  /** @throws GradbookError when the action is outside of the space, or the episode is over or not begun */
  step(action: number): Step;
  /** For checkpoints, and for looking at. */
  state(): State;
  restore(state: State): void;
}

/** @throws GradbookError `CartPole.step: expected an action from 0 to 1, got 7` */
export function checkAction(name: string, { n, names }: Discrete, action: number): void {
  if (Number.isInteger(action) && action >= 0 && action < n) return;
  const hint = names && names.map((word, index) => `${index} ${word}`).join(", ");
  fail(`${name}.step`, { expected: `an action from 0 to ${n - 1}`, got: action, hint });
}

/** @throws GradbookError when the episode is over */
export function checkRunning(name: string, running: boolean): void {
  if (!running)
    fail(`${name}.step`, {
      expected: "a running episode",
      got: "one that is over or not begun",
      hint: "call reset() first",
    });
}

/** @throws GradbookError when an observation has another number of values than the agent's network takes */
export function checkObservation(where: string, observation: ArrayLike<number>, size: number): void {
  if (observation?.length !== size)
    fail(where, {
      expected: `an observation of ${size} numbers`,
      got: observation === undefined ? "none" : `${observation.length}`,
      hint: "the agent was made for another environment",
    });
}
