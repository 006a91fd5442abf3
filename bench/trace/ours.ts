/**
 * The first training step of a 12-layer GPT in this process, narrow so that computing it takes next to nothing: prints
 * milliseconds of tracing and of session creation, and the number of nodes.
 */
import { engineStats } from "../../lib/engine/index.ts";
import { repeatableStep } from "../train-step/model.ts";

const step = repeatableStep({ vocabulary: 65, batch: 1, time: 16, layers: 12, heads: 12, width: 96 });
const timed = (): number => {
  const start = performance.now();
  step();
  return performance.now() - start;
};
const before = engineStats.compileMs;
const first = timed();
const sessionMs = engineStats.compileMs - before;
const { nodes } = engineStats;
const second = timed();
console.log(JSON.stringify({ traceMs: first - second - sessionMs, sessionMs, nodes }));
