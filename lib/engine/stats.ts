/** Counters of what the engine did, for reports and tests. */

import { singleton } from "./singleton.ts";

export interface EngineStats {
  /** Programs compiled. */
  sessions: number;
  /** Programs run, lazily or through compile(). */
  runs: number;
  /** Functions traced by compile(), counting retraces. */
  traces: number;
  /** Nodes of the program run last. */
  nodes: number;
  /** Milliseconds spent compiling programs. */
  compileMs: number;
  /** Kernels that ran on tfjs's CPU backend because they have no lowering, by name. */
  fallbacks: Record<string, number>;
}

/** Running totals since the engine was loaded. */
export const engineStats = singleton("stats", (): EngineStats => ({
  sessions: 0,
  runs: 0,
  traces: 0,
  nodes: 0,
  compileMs: 0,
  fallbacks: {},
}));
