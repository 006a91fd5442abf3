/**
 * Computing recorded values: plan, find or make the program, run it, keep the data.
 *
 * Programs are cached by the plan's key, the least recently used ones disposed.
 */
import { GradbookError } from "../core/errors.ts";
import { plan, type Plan } from "./graph/plan.ts";
import type { Program } from "./graph/program.ts";
import { isResident, sizeOf, type Known, type Value } from "./graph/value.ts";
import { loweringKey, lowerPlanToProgram } from "./lowering.ts";
import { singleton } from "./singleton.ts";
import { engineStats } from "./stats.ts";

const CACHE_SIZE = 256;
const cache = singleton("programs", () => new Map<string, Program>());

/** The program for a plan, from the cache when an equal one was compiled before. */
export function programFor(planned: Plan): Program {
  const key = `${loweringKey()} ${planned.key}`;
  let program = cache.get(key);
  if (program) {
    cache.delete(key);
  } else {
    const start = performance.now();
    program = lowerPlanToProgram(planned);
    engineStats.sessions++;
    engineStats.compileMs += performance.now() - start;
    if (cache.size >= CACHE_SIZE) {
      const [[oldest, unused]] = cache;
      unused.dispose();
      cache.delete(oldest);
    }
  }
  cache.set(key, program);
  return program;
}

/** From this many elements on, numbers that a program was given stay with it for the next run. */
const KEPT_FROM = 256;

/** The data of values, each brought to where the program wants it, for good unless it is small. */
export function placed(program: Program, values: readonly Value[], passing?: readonly boolean[]): Known[] {
  return values.map((value, i) => {
    const data = value.data!;
    if (!program.place || isResident(data) || passing?.[i] || sizeOf(value.shape) < KEPT_FROM) return data;
    value.data = program.place(data, i);
    return value.data;
  });
}

/** Compute the data of `values`, and forget the graph behind them. */
export function evaluate(values: readonly Value[]): void {
  const wanted = [...new Set(values)].filter((value) => !value.data);
  if (wanted.length === 0) return;
  const planned = plan(wanted);
  const unfed = planned.inputs.find((input) => !input.data);
  if (unfed)
    throw new GradbookError("engine", `a value of type ${unfed.dtype}[${unfed.shape}] is only known when the function runs`); // prettier-ignore
  const program = programFor(planned);
  const results = program.run(placed(program, planned.inputs));
  engineStats.runs++;
  engineStats.nodes = planned.nodes.length;
  wanted.forEach((value, i) => {
    value.data = results[i];
    value.producer = undefined;
  });
}
