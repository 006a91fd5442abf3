/**
 * Running what is out of date: on request, or by itself.
 *
 * By itself only quick cells run: a training run must not start again because a slider moved. The latest value
 * wins: while cells run, changes gather, and what is out of date afterwards runs once.
 */
import { NotebookActions, type NotebookPanel } from "@jupyterlab/notebook";
import type { CellStates } from "./cell-states.ts";

/** Cells that took at most this long may run by themselves, in milliseconds. */
const QUICK = 1000;
/** Pause after a change, in milliseconds, in which a dragged slider may change again. */
const SETTLE = 150;

/** Run the cells with these ids, top to bottom. */
export function runCells(panel: NotebookPanel, ids: readonly string[]): Promise<boolean> {
  const cells = panel.content.widgets.filter(({ model }) => ids.includes(model.id));
  return NotebookActions.runCells(panel.content, cells, panel.sessionContext);
}

/** How long each cell took last, in milliseconds. */
export class CellDurations {
  readonly #started = new Map<string, number>();
  readonly #durations = new Map<string, number>();

  constructor() {
    NotebookActions.executionScheduled.connect((_sender, { cell }) => {
      this.#started.set(cell.model.id, performance.now());
    });
    NotebookActions.executed.connect((_sender, { cell }) => {
      const started = this.#started.get(cell.model.id);
      if (started !== undefined) this.#durations.set(cell.model.id, performance.now() - started);
    });
  }

  isQuick(id: string): boolean {
    return (this.#durations.get(id) ?? Infinity) <= QUICK;
  }
}

/** Runs a notebook's quick stale cells by themselves while it is switched on. */
export class AutoRun {
  readonly #states: CellStates;
  readonly #durations: CellDurations;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running = false;
  enabled = false;

  constructor(states: CellStates, durations: CellDurations) {
    this.#states = states;
    this.#durations = durations;
    states.changed.connect(() => this.schedule());
  }

  schedule(): void {
    if (!this.enabled || this.#running) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#run(), SETTLE);
  }

  async #run(): Promise<void> {
    const quick = this.#states.stale.filter((id) => this.#durations.isQuick(id));
    if (quick.length === 0 || this.#states.panel.isDisposed) return;
    this.#running = true;
    const succeeded = await runCells(this.#states.panel, quick);
    this.#running = false;
    // A cell that fails stays out of date; running it again at once would fail again.
    if (succeeded) this.schedule();
  }
}
