/** Starts the language thread: the main thread does it once, the wire thread whenever it has died. */
import process from "node:process";
import { Worker } from "node:worker_threads";
import type { LanguageThreadData } from "./messages.ts";

/** TypeScript's share; GRADBOOK_LANGUAGE_MEMORY sets another one, in MB. */
export const LANGUAGE_MEMORY_MB = Number(process.env.GRADBOOK_LANGUAGE_MEMORY) || 1_000;

export function startLanguageThread(data: LanguageThreadData, env: NodeJS.ProcessEnv): Worker {
  const worker = new Worker(new URL("../language/thread.ts", import.meta.url), {
    workerData: data,
    transferList: [data.wire, data.user],
    env,
    resourceLimits: { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: LANGUAGE_MEMORY_MB },
  });
  // Its end is noticed by the wire thread, whose port closes.
  worker.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "ERR_WORKER_OUT_OF_MEMORY") process.stderr.write(`language thread: ${error.stack}\n`);
  });
  return worker;
}
