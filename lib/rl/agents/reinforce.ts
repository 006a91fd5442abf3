/**
 * REINFORCE with a baseline (Williams, 1992): make what went well more likely.
 *
 *   L = −E[(G_t − V(s_t))·log π(a_t|s_t)] + ½E[(V(s_t) − G_t)²],   G_t = r_t + γ·G_{t+1}
 *
 * Plays whole episodes, learns once from each batch of them. The batch is padded to a power of two with steps that do not
 * count, so that few programs are compiled. `B` steps, `O` numbers of an observation.
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
import { reinforceLoss } from "./reinforce-loss.ts";

export const reinforceConfig = defineConfig("rl.reinforce", {
  episodes: integer({ default: 8, min: 1, max: 1000, description: "Episodes between two updates." }),
  baseline: boolean({ default: true, description: "Compare with what was expected." }),
  learningRate: number({ default: 5e-3, min: 1e-6, max: 1, scale: "log", description: "Step size of Adam." }),
  gamma: number({ default: 0.99, min: 0, max: 1, description: "Worth of a reward one step later." }),
  clipNorm: number({ default: 1, min: 0.01, max: 100, description: "Longest gradient." }),
  width: integer({ default: 64, min: 1, max: 4096, description: "Units of each hidden layer." }),
  seed: integer({ default: 0, min: 0, max: 2 ** 31, description: "Another seed, another run." }),
});

export type ReinforceSettings = ConfigValues<typeof reinforceConfig>;

export interface ReinforceState {
  update: number;
  weights: ParameterValues;
  optimizer: OptimizerState;
  environment: unknown;
  random: RandomState;
}

function actorCritic(inputs: number, actions: number, width: number) {
  return {
    policy: mlpTree({ inputs, width, outputs: actions, lastDeviation: 0.01 }),
    value: mlpTree({ inputs, width, outputs: 1, lastDeviation: 1 }),
  };
}

interface Played {
  observation: Float32Array;
  action: number;
  /** Sum of the rewards from here on, discounted. */
  target: number;
}

export class Reinforce {
  readonly kind = "reinforce";
  readonly settings: ReinforceSettings;
  readonly parameters: Parameters<ReturnType<typeof actorCritic>>;
  private readonly environment: Environment;
  private readonly optimizer: AdamW;
  private readonly generator;
  private readonly look;
  private readonly learn: Compiled<(inputs: Record<string, tf.Tensor>) => Record<"loss" | "grad_norm", tf.Tensor>>; // prettier-ignore
  private readonly observationSize: number;
  private done = 0;

  constructor(environment: Environment, settings: Partial<ReinforceSettings> = {}) {
    this.settings = reinforceConfig.parse(settings);
    const { seed, width } = this.settings;
    this.environment = environment;
    const { observationSpace, actionSpace } = environment;
    this.observationSize = observationSpace.shape.reduce((size, dimension) => size * dimension, 1);
    this.parameters = new Parameters(actorCritic(this.observationSize, actionSpace.n, width), { seed });
    this.optimizer = new AdamW(this.parameters.groups, { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 });
    this.generator = random(seed);
    environment.reset(seed);
    this.look = evaluator("reinforce look", (observations) => [
      runMlp(this.parameters.tensors().policy, observations),
    ]);
    this.learn = compile((inputs) => this.learnStep(inputs), { name: "reinforce step" });
  }

  /** Plays some episodes, and learns from them. */
  update(): { episodes: number[]; loss: number; grad_norm: number } {
    const played = Array.from({ length: this.settings.episodes }, () => this.play());
    const steps = played.flatMap((episode) => episode.steps);
    const size = 2 ** Math.ceil(Math.log2(steps.length));
    const padded = [...steps, ...new Array<Played>(size - steps.length).fill(steps[0])];
    const { n } = this.environment.actionSpace;
    const told = runStep(this.learn, {
      observations: stack(padded.map(({ observation }) => observation)),
      actions: stack(padded.map(({ action }) => oneHot(action, n))),
      returns: tf.tensor1d(padded.map(({ target }) => target)),
      weights: tf.tensor1d(padded.map((_, i) => (i < steps.length ? 1 / steps.length : 0))),
      rate: tf.scalar(this.settings.learningRate),
    });
    this.done++;
    return { episodes: played.map(({ total }) => total), ...told };
  }

  /** The likeliest action. @throws GradbookError when the observation has another size */
  act(observation: ArrayLike<number>): number {
    checkObservation("reinforce.act", observation, this.observationSize);
    return argMax(this.look.run([observation])[0]);
  }

  /** Between updates. */
  state(): ReinforceState {
    return {
      update: this.done,
      weights: this.parameters.read(),
      optimizer: this.optimizer.state(),
      environment: structuredClone(this.environment.state()),
      random: this.generator.state(),
    };
  }

  restore(state: ReinforceState): void {
    this.parameters.write(state.weights);
    this.optimizer.restore(state.optimizer);
    this.environment.restore(structuredClone(state.environment));
    this.generator.restore(state.random);
    this.done = state.update;
  }

  dispose(): void {
    this.look.dispose();
    this.learn.dispose();
    this.optimizer.dispose();
    this.parameters.dispose();
  }

  private play(): { steps: Played[]; total: number } {
    const seen: { observation: Float32Array; action: number; reward: number }[] = [];
    let { observation } = this.environment.reset();
    for (let end = false; !end;) {
      const logps = logSoftmax(this.look.run([observation])[0]);
      const action = draw(logps.map(Math.exp), this.generator);
      const step = this.environment.step(action);
      seen.push({ observation, action, reward: step.reward });
      observation = step.observation;
      end = step.terminated || step.truncated;
    }
    // With λ = 1 and no values, the advantages are the discounted sums of the rewards.
    const rewards = seen.map(({ reward }) => reward);
    const zeros = new Float32Array(seen.length);
    const trajectory = { rewards, values: zeros, nextValues: zeros, ends: zeros };
    const targets = generalizedAdvantages(trajectory, this.settings.gamma, 1);
    const steps = seen.map((step, t) => ({ ...step, target: targets[t] }));
    return { steps, total: rewards.reduce((sum, reward) => sum + reward, 0) };
  }

  private learnStep(inputs: Record<string, tf.Tensor>): Record<"loss" | "grad_norm", tf.Tensor> {
    const { clipNorm, baseline } = this.settings;
    const { observations, actions, returns, weights } = inputs;
    const { value: loss, gradients } = gradientsOf(this.parameters, () => {
      const { policy, value } = this.parameters.tensors();
      const values = tf.squeeze<tf.Tensor1D>(runMlp(value, observations), [1]);
      return reinforceLoss(
        { logits: runMlp(policy, observations), values, actions, returns, weights },
        baseline,
      );
    });
    const { norm, factor } = globalNorm(gradients, clipNorm);
    this.optimizer.update(gradients, { learningRate: inputs.rate, weightDecay: 0, gradientScale: factor });
    return { loss, grad_norm: norm };
  }
}
