/**
 * Which cell the running code belongs to.
 *
 * AsyncLocalStorage carries it through timers, promises and events, so output that comes late still goes
 * below the cell that started it, and an interrupt reaches the work of one cell and no other's.
 */
import { AsyncLocalStorage } from "node:async_hooks";

export interface CellContext {
  /** Execution number; see threads/messages.ts. */
  readonly cell: number;
  /** True until the wire thread has its outcome. */
  running: boolean;
  /** Front ends may forbid questions to the user. */
  readonly allowInput: boolean;
  /** performance.now() of the interrupt that hit it. */
  interruptedAt?: number;
}

const storage = new AsyncLocalStorage<CellContext>();
let latest: CellContext = { cell: 0, running: false, allowInput: false };

/** Runs `work` as part of a cell; everything it starts belongs to the cell too. */
export function runInCell<T>(context: CellContext, work: () => T): T {
  latest = context;
  return storage.run(context, work);
}

/** The cell of the running code; for callbacks that lost their origin (native ones), the latest cell. */
export function currentCell(): CellContext {
  return storage.getStore() ?? latest;
}
