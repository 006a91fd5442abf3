/**
 * What the kernel knows of a notebook's cells: which are out of date because a name that they read has changed,
 * and which read a name that is declared further down.
 *
 * The kernel tells it over a comm (kernels/typescript/wire/cell-graph-comm.ts); it needs the order of the cells
 * and gets it whenever they change. Kernels that do not know the comm close it, and nothing is marked.
 */
import type { NotebookPanel } from "@jupyterlab/notebook";
import type { Kernel } from "@jupyterlab/services";
import { Signal, type ISignal } from "@lumino/signaling";

const TARGET = "gradbook.cells";

/** One cell that has run. */
export interface CellState {
  id: string;
  stale: boolean;
  /** The names that changed since it ran. */
  changed: string[];
  /** Names that it read from cells further down. */
  outOfOrder: string[];
}

export class CellStates {
  readonly panel: NotebookPanel;
  readonly #changed = new Signal<this, void>(this);
  #comm: Kernel.IComm | undefined;
  #states = new Map<string, CellState>();

  constructor(panel: NotebookPanel) {
    this.panel = panel;
    void panel.sessionContext.ready.then(() => this.#connect());
    panel.sessionContext.kernelChanged.connect(() => this.#connect());
    panel.sessionContext.statusChanged.connect((_context, status) => {
      if (status === "restarting" || status === "autorestarting") this.#take([]);
    });
    panel.sessionContext.connectionStatusChanged.connect((_context, status) => {
      if (status === "connected") this.#connect();
    });
    void panel.context.ready.then(() => {
      panel.content.model?.cells.changed.connect(() => this.#sendOrder());
    });
  }

  /** Emitted when any cell's state has changed. */
  get changed(): ISignal<this, void> {
    return this.#changed;
  }

  of(id: string): CellState | undefined {
    return this.#states.get(id);
  }

  /** Ids of the cells to run again, top to bottom. */
  get stale(): string[] {
    return this.#order().filter((id) => this.#states.get(id)?.stale);
  }

  #connect(): void {
    this.#take([]);
    const kernel = this.panel.sessionContext.session?.kernel;
    if (!kernel?.handleComms || kernel.status === "dead" || this.panel.isDisposed) return;
    const comm = kernel.createComm(TARGET);
    comm.onMsg = ({ content }) =>
      this.#take((content.data as unknown as { cells?: CellState[] }).cells ?? []);
    comm.onClose = () => (this.#comm = undefined);
    comm.open({ order: this.#order() });
    this.#comm = comm;
  }

  #order(): string[] {
    return [...(this.panel.content.model?.cells ?? [])].map(({ id }) => id);
  }

  #sendOrder(): void {
    if (this.#comm && !this.#comm.isDisposed) this.#comm.send({ order: this.#order() });
  }

  #take(states: CellState[]): void {
    this.#states = new Map(states.map((state) => [state.id, state]));
    this.#changed.emit();
  }
}
