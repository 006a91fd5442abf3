/**
 * A model in training: the optimizer's memory, the compiled step, and the count of steps, tokens and losses.
 *
 * `train` drives it; tests, benchmarks and other loops may call `step` themselves.
 */
import type { Batch, BatchLoader } from "../batches/random-windows.ts";
import type { TrainingState } from "../checkpoint/save.ts";
import { fail } from "../core/errors.ts";
import { tf } from "../engine/index.ts";
import type { LanguageModel } from "../models/language-model.ts";
import { AdamW } from "../optim/adamw.ts";
import { learningRateAt } from "../optim/schedule.ts";
import { evaluator, type Evaluator } from "./evaluate.ts";
import { applyLive } from "./live-settings.ts";
import type { EvaluationMetrics, StepMetrics } from "./observer.ts";
import { trainStep, type StepSettings, type TrainStep } from "./step.ts";
import { batchTensors } from "./tensors.ts";
import { trainConfig, type LiveSettings, type TrainSettings } from "./train-config.ts";

export class Trainer {
  readonly model: LanguageModel;
  readonly tokensPerStep: number;
  /** The settings as they are now; live changes are in them. */
  settings: TrainSettings;
  /** Updates done. */
  steps = 0;
  private readonly loader: BatchLoader;
  private readonly optimizer: AdamW;
  private readonly evaluator: Evaluator;
  private program: { run: TrainStep; settings: StepSettings } | undefined;
  private tokens = 0;
  private readonly started = performance.now();
  private losses: number[] = [];
  private metrics: { loss?: number; eval_loss?: number } = {};

  /**
   * @param resume state of an earlier run of this model; the trainer goes on from there
   * @throws GradbookError on settings out of range, a loader or a state that does not fit the model
   */
  constructor(
    model: LanguageModel,
    loader: BatchLoader,
    settings: Partial<TrainSettings> = {},
    resume?: TrainingState,
  ) {
    this.settings = trainConfig.parse(settings);
    if (loader.contextLength > model.config.contextLength)
      fail("train", {
        expected: `windows of at most ${model.config.contextLength} tokens, the model's contextLength`,
        got: loader.contextLength,
      });
    this.model = model;
    this.loader = loader;
    this.tokensPerStep = loader.batchSize * loader.contextLength;
    this.optimizer = new AdamW(model.parameters.groups, this.settings);
    this.evaluator = evaluator(model);
    if (resume) this.restore(resume);
  }

  /**
   * One update of the weights.
   *
   * @param live settings that were changed by hand
   */
  step(live: Partial<LiveSettings> = {}): StepMetrics {
    const began = performance.now();
    const { settings, changes } = applyLive(this.settings, live);
    this.settings = settings;
    const learningRate = learningRateAt(this.steps, settings);
    const { inputs, targets } = batchTensors(this.loader.next(), this.model.config.vocabSize);
    const rate = tf.scalar(learningRate);
    const result = this.programFor(settings)(inputs, targets, rate);
    const [loss, gradNorm] = [result.loss.dataSync()[0], result.gradNorm.dataSync()[0]];
    tf.dispose([inputs, targets, rate, result.loss, result.gradNorm]);
    this.steps++;
    this.tokens += this.tokensPerStep;
    this.losses.push(loss);
    return {
      step: this.steps,
      steps: settings.steps,
      loss,
      learning_rate: learningRate,
      grad_norm: gradNorm,
      num_tokens: this.tokens,
      tokens_per_second: this.tokensPerStep / ((performance.now() - began) / 1000),
      seconds: this.seconds(),
      ...(changes && { changes }),
    };
  }

  /** The loss on batches that are not learned from, and the mean training loss since the last call. */
  async evaluate(batches: Iterable<Batch>): Promise<EvaluationMetrics> {
    const evalLoss = await this.evaluator.loss(batches);
    const sum = this.losses.reduce((total, loss) => total + loss, 0);
    this.metrics = { eval_loss: evalLoss, ...(this.losses.length > 0 && { loss: sum / this.losses.length }) };
    this.losses = [];
    return { ...this.summary(), eval_loss: evalLoss };
  }

  /** Where the run stands; `loss` and `eval_loss` are those of the latest evaluation. */
  summary(): Omit<EvaluationMetrics, "eval_loss"> & { eval_loss?: number } {
    const { steps } = this.settings;
    return { step: this.steps, steps, ...this.metrics, num_tokens: this.tokens, seconds: this.seconds() };
  }

  /** All it takes to go on later. */
  state(): TrainingState {
    return {
      step: this.steps,
      num_tokens: this.tokens,
      settings: this.settings,
      loader: this.loader.state(),
      optimizer: this.optimizer.state(),
      metrics: { ...this.metrics },
    };
  }

  /** Frees the optimizer's memory and the compiled programs; the model stays. */
  dispose(): void {
    this.optimizer.dispose();
    this.evaluator.dispose();
    this.program?.run.dispose();
  }

  private restore(state: TrainingState): void {
    this.optimizer.restore(state.optimizer);
    this.loader.restore(state.loader);
    this.steps = state.step;
    this.tokens = state.num_tokens;
    this.metrics = state.metrics;
  }

  private programFor({ weightDecay, clipNorm }: StepSettings): TrainStep {
    const made = this.program?.settings;
    if (made?.weightDecay !== weightDecay || made.clipNorm !== clipNorm) {
      this.program?.run.dispose();
      const settings = { weightDecay, clipNorm };
      this.program = { run: trainStep(this.model, this.optimizer, settings), settings };
    }
    return this.program!.run;
  }

  private seconds(): number {
    return (performance.now() - this.started) / 1000;
  }
}
