/**
 * Proximal policy optimization (Schulman et al., arXiv 1707.06347).
 *
 * Several copies of the environment play for `horizon` steps; then the policy learns from those steps a few times over,
 * but its probabilities may not move far from those it played with:
 *
 *   L = −E[min(ρA, clip(ρ, 1 − ε, 1 + ε)·A)] + c_v·½E[(V − R)²] − c_e·E[H],   ρ = π(a|s) / π_old(a|s)
 *
 * with advantages A from GAE, whitened in each minibatch. An episode cut off by time is worth its last state's value.
 * Left out: continuous actions, clipping of the value, recurrent policies.
 *
 * `B` steps of a minibatch, `O` numbers of an observation.
 */
import { boolean, defineConfig, integer, number, type ConfigValues } from "../../core/config.ts";
import { random, type RandomState } from "../../core/random.ts";
import { compile, globalNorm, tf, type Compiled } from "../../engine/index.ts";
import { Parameters, type ParameterValues } from "../../nn/index.ts";
import { AdamW, type OptimizerState } from "../../optim/index.ts";
import { checkObservation, type Environment } from "../environment.ts";
import { generalizedAdvantages } from "../../core/advantages.ts";
import { argMax, draw, logSoftmax } from "./choose.ts";
import { evaluator, gradientsOf, mlpTree, oneHot, runMlp, runStep, stack } from "./network.ts";
import { ppoLoss } from "./ppo-loss.ts";
import { VectorEnvironment, type VectorState } from "./vector-environment.ts";

export const ppoConfig = defineConfig("rl.ppo", {
  environments: integer({ default: 8, min: 1, max: 256, description: "Copies that play at the same time." }),
  horizon: integer({ default: 128, min: 1, max: 8192, unit: "steps", description: "Steps of each copy between two updates." }), // prettier-ignore
  epochs: integer({ default: 8, min: 1, max: 50, description: "How often each step is learned from." }),
  minibatches: integer({
    default: 4,
    min: 1,
    max: 64,
    description: "Parts that the steps are divided into.",
  }),
  learningRate: number({ default: 2e-3, min: 1e-6, max: 1, scale: "log", description: "Step size of Adam." }),
  anneal: boolean({ default: true, description: "Let the learning rate fall to zero over the run." }),
  updates: integer({ default: 120, min: 1, max: 1e6, description: "Updates of a whole run." }),
  gamma: number({ default: 0.99, min: 0, max: 1, description: "Worth of a reward one step later." }),
  lambda: number({ default: 0.95, min: 0, max: 1, description: "Trust in rewards (1) or in the value function (0)." }), // prettier-ignore
  clip: number({ default: 0.2, min: 0.01, max: 1, description: "How far a probability's ratio may move from 1." }), // prettier-ignore
  valueWeight: number({ default: 0.5, min: 0, max: 10, description: "Weight of the value function's loss." }),
  entropyWeight: number({ default: 0, min: 0, max: 1, description: "Reward for staying undecided." }),
  clipNorm: number({ default: 0.5, min: 0.01, max: 100, description: "Longest gradient." }),
  width: integer({ default: 64, min: 1, max: 4096, description: "Units of each hidden layer." }),
  seed: integer({ default: 0, min: 0, max: 2 ** 31, description: "Another seed, another run." }),
});

export type PpoSettings = ConfigValues<typeof ppoConfig>;

/** What one update tells. */
export interface PpoStats {
  /** Steps played so far, over all copies. */
  steps: number;
  /** Rewards of the episodes that ended since the last update. */
  episodes: number[];
  "policy/loss": number;
  "value/loss": number;
  entropy: number;
  "policy/approxkl": number;
  "policy/clipfrac": number;
  grad_norm: number;
}

/** Plain data: all it takes to go on as if nothing had been. */
export interface PpoState {
  update: number;
  weights: ParameterValues;
  optimizer: OptimizerState;
  environments: VectorState;
  random: RandomState;
}

const LOSSES = ["policy/loss", "value/loss", "entropy", "policy/approxkl", "policy/clipfrac", "grad_norm"] as const; // prettier-ignore
type Losses = Record<(typeof LOSSES)[number], number>;

function actorCritic(inputs: number, actions: number, width: number) {
  return {
    policy: mlpTree({ inputs, width, outputs: actions, lastDeviation: 0.01 }),
    value: mlpTree({ inputs, width, outputs: 1, lastDeviation: 1 }),
  };
}

export class PPO {
  readonly kind = "ppo";
  readonly settings: PpoSettings;
  readonly parameters: Parameters<ReturnType<typeof actorCritic>>;
  private readonly environments: VectorEnvironment;
  private readonly optimizer: AdamW;
  private readonly generator;
  private readonly observationSize: number;
  private readonly look;
  private readonly learn: Compiled<(inputs: Record<string, tf.Tensor>) => Record<keyof Losses, tf.Tensor>>;
  private done = 0;

  /** @param make a new copy of the environment */
  constructor(make: () => Environment, settings: Partial<PpoSettings> = {}) {
    this.settings = ppoConfig.parse(settings);
    const { environments, seed, width } = this.settings;
    this.environments = new VectorEnvironment(make, environments, seed);
    const { observationSpace, actionSpace } = this.environments;
    this.observationSize = observationSpace.shape.reduce((size, dimension) => size * dimension, 1);
    this.parameters = new Parameters(actorCritic(this.observationSize, actionSpace.n, width), { seed });
    this.optimizer = new AdamW(this.parameters.groups, { beta1: 0.9, beta2: 0.999, epsilon: 1e-5 });
    this.generator = random(seed);
    this.look = evaluator("ppo look", (observations) => {
      const { policy, value } = this.parameters.tensors();
      return [runMlp(policy, observations), runMlp(value, observations)];
    });
    this.learn = compile((inputs) => this.learnStep(inputs), { name: "ppo step" });
  }

  /** Plays `horizon` steps in every copy, and learns from them. */
  update(): PpoStats {
    const { horizon, environments, epochs, minibatches, learningRate, anneal, updates } = this.settings;
    const { steps, episodes } = this.play();
    const actions = this.environments.actionSpace.n;
    const share = anneal ? Math.max(0, 1 - this.done / updates) : 1;
    const sums = Object.fromEntries(LOSSES.map((name) => [name, 0])) as Losses;
    const size = Math.ceil(steps.length / minibatches);
    for (let epoch = 0; epoch < epochs; epoch++) {
      const order = this.generator.shuffle(steps.slice());
      for (let from = 0; from < order.length; from += size) {
        const batch = order.slice(from, from + size);
        const losses = runStep(this.learn, {
          ...batchTensors(batch, actions),
          rate: tf.scalar(learningRate * share),
        });
        for (const name of LOSSES) sums[name] += (losses[name] * batch.length) / (steps.length * epochs);
      }
    }
    this.done++;
    return { steps: this.done * horizon * environments, episodes, ...sums };
  }

  /**
   * The action for one observation: the likeliest one.
   * @throws GradbookError when the observation has another size
   */
  act(observation: ArrayLike<number>): number {
    checkObservation("ppo.act", observation, this.observationSize);
    return argMax(this.look.run([observation])[0]);
  }

  state(): PpoState {
    return {
      update: this.done,
      weights: this.parameters.read(),
      optimizer: this.optimizer.state(),
      environments: this.environments.state(),
      random: this.generator.state(),
    };
  }

  restore(state: PpoState): void {
    this.parameters.write(state.weights);
    this.optimizer.restore(state.optimizer);
    this.environments.restore(state.environments);
    this.generator.restore(state.random);
    this.done = state.update;
  }

  dispose(): void {
    this.look.dispose();
    this.learn.dispose();
    this.optimizer.dispose();
    this.parameters.dispose();
  }

  private play(): { steps: Sample[]; episodes: number[] } {
    const { horizon, environments: copies, gamma, lambda } = this.settings;
    const actions = this.environments.actionSpace.n;
    const episodes: number[] = [];
    const played = Array.from({ length: copies }, (): Played[] => []);
    let [logits, values] = this.look.run(this.environments.observations);
    for (let t = 0; t < horizon; t++) {
      const observations = this.environments.observations;
      const chosen = observations.map((_, i) => {
        const logps = logSoftmax(logits.subarray(i * actions, (i + 1) * actions));
        const action = draw(logps.map(Math.exp), this.generator);
        return { action, logp: logps[action] };
      });
      const steps = this.environments.step(chosen.map(({ action }) => action));
      const before = values;
      [logits, values] = this.look.run(this.environments.observations);
      const cut = steps.filter(({ truncated, terminated }) => truncated && !terminated);
      const cutValues = cut.length > 0 ? this.look.run(cut.map(({ observation }) => observation))[1] : [];
      steps.forEach((step, i) => {
        const end = step.terminated || step.truncated;
        const nextValue = step.terminated ? 0 : end ? cutValues[cut.indexOf(step)] : values[i];
        const { reward } = step;
        played[i].push({
          observation: observations[i],
          ...chosen[i],
          reward,
          value: before[i],
          nextValue,
          end,
        });
        if (step.episode !== undefined) episodes.push(step.episode);
      });
    }
    return { steps: played.flatMap((copy) => withAdvantages(copy, gamma, lambda)), episodes };
  }

  private learnStep(inputs: Record<string, tf.Tensor>): Record<keyof Losses, tf.Tensor> {
    const { observations, actions, logps, advantages, returns } = inputs;
    const told: Record<string, tf.Tensor> = {};
    const { gradients } = gradientsOf(this.parameters, () => {
      const { policy, value } = this.parameters.tensors();
      const logits = runMlp(policy, observations);
      const values = tf.squeeze(runMlp(value, observations), [1]);
      const { loss, ...rest } = ppoLoss(
        { logits, values, actions, logps, advantages, returns },
        this.settings,
      );
      for (const [name, tensor] of Object.entries(rest)) told[name] = tf.keep(tensor);
      return loss;
    });
    const { norm, factor } = globalNorm(gradients, this.settings.clipNorm);
    this.optimizer.update(gradients, { learningRate: inputs.rate, weightDecay: 0, gradientScale: factor });
    return { ...told, grad_norm: norm } as Record<keyof Losses, tf.Tensor>;
  }
}

interface Played {
  observation: Float32Array;
  action: number;
  logp: number;
  reward: number;
  value: number;
  nextValue: number;
  end: boolean;
}

interface Sample extends Played {
  advantage: number;
  /** What the value should have been. */
  target: number;
}

function withAdvantages(played: readonly Played[], gamma: number, lambda: number): Sample[] {
  const trajectory = {
    rewards: played.map(({ reward }) => reward),
    values: played.map(({ value }) => value),
    nextValues: played.map(({ nextValue }) => nextValue),
    ends: played.map(({ end }) => Number(end)),
  };
  const advantages = generalizedAdvantages(trajectory, gamma, lambda);
  return played.map((step, t) => ({ ...step, advantage: advantages[t], target: advantages[t] + step.value }));
}

function batchTensors(batch: readonly Sample[], actions: number): Record<string, tf.Tensor> {
  return {
    observations: stack(batch.map(({ observation }) => observation)),
    actions: stack(batch.map(({ action }) => oneHot(action, actions))),
    logps: tf.tensor1d(batch.map(({ logp }) => logp)),
    advantages: tf.tensor1d(batch.map(({ advantage }) => advantage)),
    returns: tf.tensor1d(batch.map(({ target }) => target)),
  };
}
