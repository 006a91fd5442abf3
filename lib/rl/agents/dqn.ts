/**
 * Deep Q-network (Mnih et al., Nature 2015), double (van Hasselt et al., arXiv 1509.06461).
 *
 * A network learns the worth of each action from steps kept in a replay memory:
 *   target = r + γ·Q_target(s', argmax_a Q(s', a)),   L = Huber(Q(s, a) − target)
 * The target network follows slowly: every `targetEvery` updates it becomes a copy. Left out: prioritised replay, duelling
 * heads, several steps at once.
 *
 * `B` steps of a batch, `O` numbers of an observation, `A` actions.
 */
import { boolean, defineConfig, integer, number, type ConfigValues } from "../../core/config.ts";
import { random, type RandomState } from "../../core/random.ts";
import { compile, globalNorm, tf, type Compiled } from "../../engine/index.ts";
import { Parameters, type ParameterValues } from "../../nn/index.ts";
import { AdamW, type OptimizerState } from "../../optim/index.ts";
import { checkObservation, type Environment } from "../environment.ts";
import { argMax } from "./choose.ts";
import { dqnLoss, dqnTargets } from "./dqn-loss.ts";
import { evaluator, gradientsOf, mlpTree, oneHot, runMlp, runStep, stack } from "./network.ts";

export const dqnConfig = defineConfig("rl.dqn", {
  memory: integer({
    default: 50_000,
    min: 1,
    max: 1e7,
    unit: "steps",
    description: "Latest steps to learn from.",
  }),
  learningStarts: integer({ default: 1000, min: 1, max: 1e6, unit: "steps", description: "Steps before the first update." }), // prettier-ignore
  trainEvery: integer({
    default: 2,
    min: 1,
    max: 1000,
    unit: "steps",
    description: "Steps between updates.",
  }),
  batchSize: integer({ default: 128, min: 1, max: 4096, unit: "steps", description: "Steps of a batch." }),
  targetEvery: integer({ default: 10, min: 1, max: 1e6, unit: "updates", description: "Updates until the target network is renewed." }), // prettier-ignore
  explorationSteps: integer({ default: 8000, min: 1, max: 1e7, unit: "steps", description: "Steps until exploration is at its end." }), // prettier-ignore
  finalEpsilon: number({ default: 0.04, min: 0, max: 1, description: "Share of random actions in the end." }),
  double: boolean({ default: true, description: "Choose with one network, judge with the other." }),
  learningRate: number({ default: 5e-4, min: 1e-6, max: 1, scale: "log", description: "Step size of Adam." }),
  gamma: number({ default: 0.99, min: 0, max: 1, description: "Worth of a reward one step later." }),
  clipNorm: number({ default: 10, min: 0.01, max: 1000, description: "Longest gradient." }),
  width: integer({ default: 128, min: 1, max: 4096, description: "Units of each hidden layer." }),
  seed: integer({ default: 0, min: 0, max: 2 ** 31, description: "Another seed, another run." }),
});

export type DqnSettings = ConfigValues<typeof dqnConfig>;

interface Kept {
  observation: Float32Array;
  action: number;
  reward: number;
  next: Float32Array;
  terminated: boolean;
}

export interface DqnState {
  steps: number;
  updates: number;
  weights: ParameterValues;
  target: ParameterValues;
  optimizer: OptimizerState;
  environment: unknown;
  observation: number[];
  total: number;
  random: RandomState;
  memory: Kept[];
}

export class DQN {
  readonly kind = "dqn";
  readonly settings: DqnSettings;
  readonly parameters: Parameters<ReturnType<typeof mlpTree>>;
  private readonly target: Parameters<ReturnType<typeof mlpTree>>;
  private readonly environment: Environment;
  private readonly optimizer: AdamW;
  private readonly generator;
  private readonly look;
  private readonly learn: Compiled<(inputs: Record<string, tf.Tensor>) => Record<"loss", tf.Tensor>>;
  private readonly observationSize: number;
  private memory: Kept[] = [];
  private observation: Float32Array;
  private total = 0;
  private steps = 0;
  private updates = 0;

  constructor(environment: Environment, settings: Partial<DqnSettings> = {}) {
    this.settings = dqnConfig.parse(settings);
    const { seed, width } = this.settings;
    this.environment = environment;
    const { observationSpace, actionSpace } = environment;
    this.observationSize = observationSpace.shape.reduce((size, dimension) => size * dimension, 1);
    const tree = mlpTree({ inputs: this.observationSize, width, outputs: actionSpace.n, lastDeviation: 1 });
    this.parameters = new Parameters(tree, { seed });
    this.target = new Parameters(tree, { values: this.parameters.read() });
    this.optimizer = new AdamW(this.parameters.groups, { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 });
    this.generator = random(seed);
    this.observation = environment.reset(seed).observation;
    this.look = evaluator("dqn look", (observations) => [runMlp(this.parameters.tensors(), observations)]);
    this.learn = compile((inputs) => this.learnStep(inputs), { name: "dqn step" });
  }

  /** Plays a number of steps and learns on the way; returns the rewards of the episodes that ended. */
  run(count: number): { steps: number; episodes: number[]; epsilon: number; loss: number } {
    const { memory, learningStarts, trainEvery, explorationSteps, finalEpsilon } = this.settings;
    const episodes: number[] = [];
    let [loss, epsilon, updates] = [0, 1, 0];
    for (let i = 0; i < count; i++) {
      epsilon = Math.max(finalEpsilon, 1 - ((1 - finalEpsilon) * this.steps) / explorationSteps);
      const { n } = this.environment.actionSpace;
      const explore = this.generator.uniform() < epsilon;
      const action = explore ? this.generator.integer(n) : this.act(this.observation);
      const { observation: next, reward, terminated, truncated } = this.environment.step(action);
      this.memory[this.steps % memory] = { observation: this.observation, action, reward, next, terminated };
      this.steps++;
      this.total += reward;
      this.observation = next;
      if (terminated || truncated) {
        episodes.push(this.total);
        this.total = 0;
        this.observation = this.environment.reset().observation;
      }
      if (this.steps < learningStarts || this.steps % trainEvery !== 0) continue;
      loss += this.learnOnce();
      updates++;
    }
    return { steps: this.steps, episodes, epsilon, loss: loss / Math.max(1, updates) };
  }

  /** The action that is worth most. @throws GradbookError when the observation has another size */
  act(observation: ArrayLike<number>): number {
    checkObservation("dqn.act", observation, this.observationSize);
    return argMax(this.look.run([observation])[0]);
  }

  state(): DqnState {
    const { steps, updates, total } = this;
    return {
      steps,
      updates,
      total,
      weights: this.parameters.read(),
      target: this.target.read(),
      optimizer: this.optimizer.state(),
      environment: structuredClone(this.environment.state()),
      observation: [...this.observation],
      random: this.generator.state(),
      memory: [...this.memory],
    };
  }

  restore(state: DqnState): void {
    this.parameters.write(state.weights);
    this.target.write(state.target);
    this.optimizer.restore(state.optimizer);
    this.environment.restore(structuredClone(state.environment));
    this.generator.restore(state.random);
    this.observation = Float32Array.from(state.observation);
    this.memory = [...state.memory];
    ({ steps: this.steps, updates: this.updates, total: this.total } = state);
  }

  dispose(): void {
    this.look.dispose();
    this.learn.dispose();
    this.optimizer.dispose();
    this.parameters.dispose();
    this.target.dispose();
  }

  private learnOnce(): number {
    const { batchSize, targetEvery, learningRate } = this.settings;
    const { n } = this.environment.actionSpace;
    const batch = Array.from(
      { length: batchSize },
      () => this.memory[this.generator.integer(this.memory.length)],
    );
    const { loss } = runStep(this.learn, {
      observations: stack(batch.map(({ observation }) => observation)),
      next: stack(batch.map(({ next }) => next)),
      actions: stack(batch.map(({ action }) => oneHot(action, n))),
      rewards: tf.tensor1d(batch.map(({ reward }) => reward)),
      goesOn: tf.tensor1d(batch.map(({ terminated }) => (terminated ? 0 : 1))),
      rate: tf.scalar(learningRate),
    });
    if (++this.updates % targetEvery === 0) this.target.write(this.parameters.read());
    return loss;
  }

  private learnStep(inputs: Record<string, tf.Tensor>): Record<"loss", tf.Tensor> {
    const { gamma, double, clipNorm } = this.settings;
    const judged = runMlp(this.target.tensors(), inputs.next);
    const chooser = double ? runMlp(this.parameters.tensors(), inputs.next) : judged;
    const { rewards, goesOn, actions } = inputs;
    const targets = dqnTargets({ judged, chooser, rewards, goesOn }, gamma);
    const { value: loss, gradients } = gradientsOf(this.parameters, () =>
      dqnLoss(runMlp(this.parameters.tensors(), inputs.observations), actions, targets),
    );
    const { factor } = globalNorm(gradients, clipNorm);
    this.optimizer.update(gradients, { learningRate: inputs.rate, weightDecay: 0, gradientScale: factor });
    return { loss };
  }
}
