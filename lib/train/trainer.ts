/**
 * A model in training: the optimizer's memory, the compiled step, and the count of steps, tokens and losses.
 *
 * `train` drives it; tests, benchmarks and other loops may call `step` themselves.
 */
import type { Batch, BatchLoader } from "../batches/random-windows.ts";
import type { TrainingState } from "../checkpoint/save.ts";
import { fail } from "../core/errors.ts";
import { deviceFacts, randomState, setRandomState } from "../engine/index.ts";
import { countFlops } from "../models/gpt-count.ts";
import type { TrainableModel } from "../models/language-model.ts";
import { makeOptimizer } from "../optim/make-optimizer.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import { learningRateAt } from "../optim/schedule.ts";
import { averageDecayAt, WeightAverage } from "../optim/weight-average.ts";
import type { Processes } from "./processes.ts";
import { evaluator, type Evaluator } from "./evaluate.ts";
import { applyLive } from "./live-settings.ts";
import type { EvaluationMetrics, StepMetrics } from "./observer.ts";
import { StepPrograms } from "./step-programs.ts";
import { trainConfig, type LiveSettings, type TrainSettings } from "./train-config.ts";

export class Trainer {
  readonly model: TrainableModel;
  /** The settings as they are now; live changes are in them. */
  settings: TrainSettings;
  /** Updates done. */
  steps = 0;
  /** The weights averaged over the last steps; undefined when emaDecay is 0. */
  readonly average: WeightAverage | undefined;
  private readonly loader: BatchLoader;
  private readonly optimizer: Optimizer;
  private readonly evaluator: Evaluator;
  private readonly programs: StepPrograms;
  private readonly processes: number;
  #devices: { peak?: number; names: readonly string[] } | undefined;
  private tokens = 0;
  private readonly started = performance.now();
  private losses: number[] = [];
  private metrics: { loss?: number; eval_loss?: number } = {};

  /**
   * @param processes that train with this one, each on batches of its own
   * @param resume state of an earlier run of this model; the trainer goes on from there
   * @throws GradbookError on settings out of range, a loader or a state that does not fit the model
   */
  constructor(
    model: TrainableModel,
    loader: BatchLoader,
    settings: Partial<TrainSettings> = {},
    resume?: TrainingState,
    processes?: Processes,
  ) {
    this.settings = trainConfig.parse(settings);
    if (loader.contextLength > model.config.contextLength)
      fail("train", {
        expected: `windows of at most ${model.config.contextLength} tokens, the model's contextLength`,
        got: loader.contextLength,
      });
    this.model = model;
    this.processes = processes?.size ?? 1;
    this.loader = loader;
    const { groups } = model.parameters;
    this.optimizer = makeOptimizer(groups, this.settings);
    this.average = this.settings.emaDecay > 0 ? new WeightAverage(groups) : undefined;
    this.programs = new StepPrograms(model, this.optimizer, this.average, processes);
    this.evaluator = evaluator(model);
    if (resume) {
      this.goBackTo(resume);
      this.loader.restore(resume.loader);
    }
    // Other dropout masks on other batches; what is saved is rank 0's.
    if (processes) setRandomState({ ...randomState(), seed: randomState().seed + processes.rank });
  }

  /** Tokens in the batches of one step, of all processes. */
  get tokensPerStep(): number {
    return this.loader.batchSize * this.loader.contextLength * this.settings.accumulate * this.processes;
  }

  /**
   * One update of the weights.
   *
   * @param live settings that were changed by hand
   */
  step(live: Partial<LiveSettings> = {}): StepMetrics {
    return this.launch(1, live)[0];
  }

  /** How many updates the next launch does: `stepsPerLaunch`, or as many as are left until `last` or something is due. */
  launchSize(last: number): number {
    const { stepsPerLaunch, evaluateEvery, saveEvery } = this.settings;
    const until = (every: number): number => (every > 0 ? every - (this.steps % every) : Infinity);
    return Math.min(stepsPerLaunch, last - this.steps, until(evaluateEvery), until(saveEvery));
  }

  /**
   * Several updates, in one launch where the engine can; `live` settings hold for all of them.
   */
  launch(count: number, live: Partial<LiveSettings> = {}): StepMetrics[] {
    const began = performance.now();
    const { settings, changes } = applyLive(this.settings, live);
    this.settings = settings;
    const inputs = Array.from({ length: count }, (_, i) => ({
      batches: Array.from({ length: settings.accumulate }, () => this.loader.next()),
      learningRate: learningRateAt(this.steps + i, settings),
      averageDecay: averageDecayAt(this.steps + i + 1, settings.emaDecay),
    }));
    const results = this.programs.run(inputs, settings);
    const seconds = (performance.now() - began) / 1000 / count;
    return results.map(({ loss, gradNorm, metrics }, i) => {
      const { batches, learningRate } = inputs[i];
      const tokens = this.processes * batches.reduce((sum, batch) => sum + tokensIn(batch), 0);
      this.steps++;
      this.tokens += tokens;
      this.losses.push(loss);
      return {
        step: this.steps,
        steps: settings.steps,
        loss,
        learning_rate: learningRate,
        grad_norm: gradNorm,
        num_tokens: this.tokens,
        tokens_per_second: tokens / seconds,
        ...this.#utilization(tokens / seconds),
        seconds: this.seconds(),
        ...(changes && i === 0 && { changes }),
        ...metrics,
        ...batches.at(-1)!.metrics,
      };
    });
  }

  /**
   * The loss on batches that are not learned from, and the mean training loss since the last call. With
   * `emaDecay`, also the loss of the averaged weights.
   *
   * @param known the loss when it is measured elsewhere; the batches are not looked at then
   */
  async evaluate(batches: Iterable<Batch>, known?: number): Promise<EvaluationMetrics> {
    const measured = known === undefined ? await this.evaluator.measure(batches) : { loss: known };
    const { loss: eval_loss, ...others } = measured;
    const named = Object.fromEntries(Object.entries(others).map(([name, value]) => [`eval_${name}`, value]));
    const eval_loss_ema =
      known === undefined ? await this.average?.during(() => this.evaluator.loss(batches)) : undefined;
    const sum = this.losses.reduce((total, loss) => total + loss, 0);
    this.metrics = { eval_loss, ...(this.losses.length > 0 && { loss: sum / this.losses.length }) };
    this.losses = [];
    return {
      ...this.summary(),
      eval_loss,
      ...named,
      ...(eval_loss_ema !== undefined && { eval_loss_ema }),
    };
  }

  /** Where the run stands; `loss` and `eval_loss` are those of the latest evaluation. */
  summary(): Omit<EvaluationMetrics, "eval_loss"> & { eval_loss?: number } {
    const { steps } = this.settings;
    return { step: this.steps, steps, ...this.metrics, num_tokens: this.tokens, seconds: this.seconds() };
  }

  /** All it takes to go on later. */
  state(): TrainingState {
    const { step, moments } = this.optimizer.state();
    return {
      step: this.steps,
      num_tokens: this.tokens,
      settings: this.settings,
      loader: this.loader.state(),
      random: randomState(),
      optimizer: { step, moments: { ...moments, ...this.average?.state() } },
      metrics: { ...this.metrics },
    };
  }

  /**
   * Takes up an earlier state of this run: counts, the optimizer's memory, random numbers. The weights are the
   * caller's, and the data go on where they are, so that a batch that did harm is not met again.
   *
   * @throws GradbookError when the state is of another model or optimizer; nothing is changed then
   */
  goBackTo(state: TrainingState): void {
    this.optimizer.restore(state.optimizer);
    this.average?.restore(state.optimizer.moments);
    if (state.random) setRandomState(state.random);
    this.steps = state.step;
    this.tokens = state.num_tokens;
    this.metrics = state.metrics;
    this.losses = [];
  }

  /**
   * Takes up an earlier state with its settings and its place in the data: what follows is what would have followed.
   * The weights are the caller's.
   *
   * @throws GradbookError when the state is of another model or optimizer; nothing is changed then
   */
  rewindTo(state: TrainingState): void {
    this.goBackTo(state);
    this.loader.restore(state.loader);
    this.settings = trainConfig.parse(state.settings);
  }

  /** Frees the optimizer's memory and the compiled programs; the model stays. */
  dispose(): void {
    this.optimizer.dispose();
    this.average?.dispose();
    this.evaluator.dispose();
    this.programs.dispose();
  }

  #utilization(tokensPerSecond: number): { mfu?: number } {
    const { peak, names } = (this.#devices ??= deviceFacts() ?? { names: [] });
    const { kind, config } = this.model;
    if (!peak || kind !== "gpt") return {};
    return { mfu: (tokensPerSecond * countFlops(config).training) / peak / (names.length * this.processes) };
  }

  private seconds(): number {
    return (performance.now() - this.started) / 1000;
  }
}

const tokensIn = ({ tokens, batchSize, contextLength }: Batch): number => tokens ?? batchSize * contextLength;
