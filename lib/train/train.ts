/**
 * The training loop: step, look; evaluate and save now and then; stop when asked and keep everything.
 *
 * What to show is the observer's business: a chart, a printer and a Stop button are observers. After each step
 * the event loop gets a turn, so that sliders and buttons work while it runs.
 */
import { basename, join } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { Batch, BatchLoader } from "../batches/random-windows.ts";
import { loadTrainingState, loadWeights } from "../checkpoint/load.ts";
import { saveCheckpoint, type TrainingState } from "../checkpoint/save.ts";
import { fail, GradbookError } from "../core/errors.ts";
import type { TrainableModel } from "../models/language-model.ts";
import { notebookHost } from "../notebook/host.ts";
import { trainingMonitor } from "../notebook/live/training-monitor.ts";
import type { Tokenizer } from "../tokenizers/tokenizer.ts";
import { forkDirectory, openBranch, type Branch } from "./branch.ts";
import type { EndReason, RewindPoint, RunEnd, RunStart, TrainObserver } from "./observer.ts";
import { applyLive, pickLive } from "./live-settings.ts";
import { alone } from "./alone.ts";
import type { Processes } from "./processes.ts";
import { rewindPoints } from "./rewind-points.ts";
import { runId } from "./run-log.ts";
import type { LiveSettings, TrainSettings } from "./train-config.ts";
import { Trainer } from "./trainer.ts";

export interface TrainingData {
  train: BatchLoader;
  /** The same batches every time, from text that is not in `train`; none when `evaluate` measures a `loss`. */
  validation: readonly Batch[];
}

export interface TrainOptions {
  /** Watches the run; by default a live chart in a notebook and lines elsewhere. */
  observer?: TrainObserver;
  /** Ends the run after the step in which it is aborted. */
  signal?: AbortSignal;
  /** Read before each step: settings that sliders change. */
  live?: () => Partial<LiveSettings>;
  /** Saved with the checkpoint, so that the model can be used without the book. */
  tokenizer?: Tokenizer;
  /** State of an earlier run of this model, from `loadCheckpoint`; the run goes on from its step. */
  resume?: TrainingState;
  /**
   * Id of the run whose state `resume` is: this run is a fork of it, in a folder of its own. Log, run history and
   * checkpoint name the parent; a fork that is resumed keeps it.
   */
  parent?: string;
  /** Folder of the run, `runs/<time>-<kind>` by default. A log that is there is continued. */
  directory?: string;
  /**
   * Measures the model at every evaluation, beside the loss: accuracy on a task, a sample of its writing. The numbers go
   * into the log and to the observer as `eval_<name>`. Without validation batches `loss` has to be among them: what is to go
   * down.
   */
  evaluate?: (model: TrainableModel) => Record<string, number> | Promise<Record<string, number>>;
  /** Also write event files that TensorBoard reads into the run's folder. */
  tensorboard?: boolean;
  /**
   * Processes that train with this one, all with the same model and settings and each with batches of its own. Rank 0
   * writes the files, shows the run and says when it ends early.
   */
  processes?: Processes;
  /** Settings by group that are not the loop's own (of the loss, of the data); logged with the run's. */
  settings?: Record<string, object>;
  /**
   * Whether the observer may go back to a rewind point after the run has ended too, true by default. False for a caller
   * that takes apart what the run needs as soon as it is over.
   */
  rewindAfterEnd?: boolean;
}

export interface TrainingRun extends RunEnd {
  id: string;
  directory: string;
  /** Folder of the checkpoint. */
  checkpoint: string;
  /** Folder of the checkpoint with the lowest validation loss; undefined without `keepBest`. */
  best?: string;
  /** Folder of the averaged weights; undefined without `emaDecay`. */
  averaged?: string;
}

/**
 * Trains `model` in place, and saves it.
 *
 * @param settings of `trainConfig`; what is not given has its default
 * @returns how it ended; Stop, an aborted signal and an interrupt end a run early but well
 * @throws GradbookError on settings, data or a state that do not fit; when the loss is no longer a number and there is no
 *   checkpoint to go back to, naming the step; and what the loader's `prepare` throws, after the run was saved
 * @example
 * const run = await train(model, { train: loader, validation: batches }, { steps: 2000 }, { tokenizer });
 * run.eval_loss // 1.9
 */
export async function train(
  model: TrainableModel,
  data: TrainingData,
  settings: Partial<TrainSettings> = {},
  options: TrainOptions = {},
): Promise<TrainingRun> {
  const { resume, parent, processes } = options;
  const { observer = trainingMonitor() } = processes && processes.rank > 0 ? { observer: {} } : options;
  if (processes && options.live)
    fail("train", { expected: "settings that stay as they are, in several processes", got: "live settings" });
  if (parent !== undefined && !resume)
    fail("train", { expected: "resume, the state to fork from", got: `parent ${parent} alone` });
  return alone(model, () => run(model, data, settings, { ...options, observer }));
}

/** A run that has ended, and where in it to go on. */
interface WayBack {
  directory: string;
  /** Its last step. */
  from: number;
  settings: TrainSettings;
  /** Its rewind points; the last is the one to go back to. */
  points: readonly RewindPoint[];
}

async function run(
  model: TrainableModel,
  data: TrainingData,
  given: Partial<TrainSettings>,
  options: TrainOptions & { observer: TrainObserver },
  back?: WayBack,
): Promise<TrainingRun> {
  const { observer, signal, live = () => ({}), tokenizer, processes } = options;
  const writes = !processes || processes.rank === 0;
  const point = back?.points.at(-1);
  const resume = point ? loadTrainingState(point.folder) : options.resume;
  if (point) loadWeights(model, point.folder);
  const trainer = new Trainer(model, data.train, point ? resume!.settings : given, resume, processes);
  const { steps, evaluateEvery, saveEvery, patience, keepBest } = trainer.settings;
  if (trainer.steps >= steps) {
    trainer.dispose();
    fail("train", {
      expected: `steps above ${trainer.steps}, which the resumed run has done`,
      got: steps,
      hint: "steps counts from the model's first one",
    });
  }

  const { tensorboard, parent } = options;
  let branch = back ? fork(back.directory) : firstBranch();
  let interrupted = false;
  const unsubscribe = notebookHost()?.onInterrupt(() => (interrupted = true));

  const due = (every: number): boolean => every > 0 && trainer.steps % every === 0 && trainer.steps < steps;
  const ownReason = (): EndReason | undefined =>
    interrupted ? "interrupted" : observer.stopRequested || signal?.aborted ? "stopped" : undefined;
  /** The same in all processes: the next step needs all of them. */
  function stopReason(): EndReason | undefined {
    const reason = ownReason();
    if (!processes) return reason;
    const stops = Float32Array.of(reason ? 1 : 0);
    processes.sum(stops);
    return stops[0] > 0 ? (reason ?? "stopped") : undefined;
  }
  const save = (folder: string): void => {
    if (writes)
      saveCheckpoint(folder, { model, tokenizer, training: { ...trainer.state(), parent: branch.parent } });
  };
  const points = rewindPoints(
    trainer,
    save,
    (list) => observer.onRewindPoints?.(list),
    back && { points: back.points, live: live() },
  );

  function firstBranch(): Branch {
    const id = runId(model.kind);
    return openBranch(trainer, {
      ...{ id, directory: options.directory ?? join("runs", id), tensorboard, writes },
      parent: parent !== undefined && resume ? { run: parent, step: resume.step } : resume?.parent,
    });
  }

  /** The branch that goes on from where the trainer stands, in a folder beside the one that is left. */
  function fork(left: string): Branch {
    const directory = forkDirectory(left);
    const from = { run: basename(left), step: trainer.steps };
    return openBranch(trainer, { id: basename(directory), directory, parent: from, tensorboard });
  }

  /** The branch's first line in its log, and for the observer. */
  function start(): RunStart {
    const entry = {
      id: branch.id,
      directory: branch.directory,
      step: trainer.steps,
      steps,
      parameters: model.parameters.count,
      tokens_per_step: trainer.tokensPerStep,
      config: { model: { kind: model.kind, ...model.config }, train: trainer.settings, ...options.settings },
      ...(branch.parent && { parent: branch.parent }),
    };
    branch.log.write("start", entry);
    return entry;
  }

  async function look(): Promise<void> {
    const measured = (await options.evaluate?.(model)) ?? {};
    const more = Object.fromEntries(Object.entries(measured).map(([name, value]) => [`eval_${name}`, value]));
    const known = data.validation.length === 0 ? measured.loss : undefined;
    const metrics = { ...(await trainer.evaluate(data.validation, known)), ...more };
    branch.log.write("evaluate", metrics);
    observer.onEvaluate?.(metrics);
    if (trainer.steps > 0 && branch.lowest.update(metrics.eval_loss) && keepBest) save(branch.best);
  }

  async function saveAverage(): Promise<void> {
    if (writes) await trainer.average?.during(() => saveCheckpoint(branch.averaged, { model, tokenizer }));
  }

  /** Leaves this branch, saved, and goes on from an earlier point in a folder of its own. */
  function rewind(to: number): void {
    const wanted = live();
    const point = points.back(to, wanted);
    const from = trainer.steps;
    save(branch.checkpoint);
    finish("rewound");
    branch.log.close();
    loadWeights(model, point.folder);
    const before = trainer.settings;
    trainer.rewindTo(loadTrainingState(point.folder)!);
    branch = fork(branch.directory);
    wentBack({ from, settings: before });
  }

  /** Tells of a rewind, which has been done. @param left the branch that was left */
  function wentBack({ from, settings }: Pick<WayBack, "from" | "settings">): void {
    const { changes = {} } = applyLive(settings, pickLive(trainer.settings));
    const started = start();
    observer.onRewind?.({ ...started, from, changes });
    observer.onRewindPoints?.(points.list);
  }

  /** What the observer may call after the end: the run from one of its rewind points, in a branch of its own. */
  function again(step: number): Promise<TrainingRun> {
    const { directory } = branch;
    const left = { directory, from: trainer.steps, settings: trainer.settings, points: points.upTo(step) };
    return alone(model, () => run(model, data, given, options, left));
  }

  function finish(reason: EndReason | "rewound"): Omit<RunEnd, "reason"> {
    const { loss = NaN, ...rest } = trainer.summary();
    const summary = { loss, ...rest, checkpoint: branch.checkpoint };
    branch.log.write("end", { reason, ...summary });
    return summary;
  }

  function end(reason: EndReason): TrainingRun {
    const summary = { reason, ...finish(reason) };
    const canGoBack = points.list.length > 0 && options.rewindAfterEnd !== false;
    observer.onEnd?.(summary, canGoBack ? again : undefined);
    return {
      id: branch.id,
      directory: branch.directory,
      ...summary,
      ...(keepBest && { best: branch.best }),
      ...(trainer.average && { averaged: branch.averaged }),
    };
  }

  /** Waits for the data of the next step; what goes wrong there costs nothing that was learned. */
  async function prepare(accumulate: number): Promise<void> {
    try {
      await data.train.prepare?.(accumulate);
    } catch (cause) {
      save(branch.checkpoint);
      end("failed");
      const what = cause instanceof Error ? cause.message : String(cause);
      throw new GradbookError("train", `${what}; the run is saved in ${branch.checkpoint}`, { cause });
    }
  }

  try {
    const started = back ? undefined : start();
    if (started) observer.onStart?.(started);
    if (back) wentBack(back);
    if (trainer.steps === 0) await look();
    let reason: EndReason | undefined;
    while (!reason && trainer.steps < steps) {
      const wanted = points.before(live(), branch.directory);
      const count = trainer.launchSize(steps);
      if (data.train.prepare) await prepare(count * (wanted.accumulate ?? trainer.settings.accumulate));
      const launched = trainer.launch(count, wanted);
      const spoilt = launched.findIndex(({ loss, grad_norm }) => !Number.isFinite(loss + grad_norm));
      const told = spoilt < 0 ? launched : launched.slice(0, spoilt + 1);
      for (const each of told) {
        branch.log.write("step", each);
        observer.onStep?.(each);
      }
      const metrics = told.at(-1)!;
      if (spoilt >= 0) {
        const to = branch.guard.recover();
        if (to === undefined) {
          end("nan");
          return branch.guard.giveUp(metrics.step, points.list.at(-1)?.folder);
        }
        branch.log.write("recover", { step: metrics.step, to });
        observer.onRecover?.({ step: metrics.step, to });
      }
      await setImmediate();
      reason = stopReason();
      if (!reason && observer.rewindRequested !== undefined) rewind(observer.rewindRequested);
      if (trainer.steps !== metrics.step) continue;
      if (!reason && due(evaluateEvery)) {
        await look();
        if (patience > 0 && branch.lowest.waited >= patience) reason = "early stop";
      }
      if (due(saveEvery)) {
        save(branch.checkpoint);
        branch.guard.saved();
      }
    }
    if (reason !== "early stop") await look();
    save(branch.checkpoint);
    await saveAverage();
    return end(reason ?? "finished");
  } finally {
    unsubscribe?.();
    branch.log.close();
    trainer.dispose();
  }
}
