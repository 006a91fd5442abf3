/**
 * Encoding a corpus with several threads. The texts travel to the workers in batches and come back in order.
 *
 * Worth it for corpora of tens of megabytes and slow tokenizers: a byte-level BPE encodes as fast as texts can
 * be copied to a thread.
 */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { ByteLevelBpe } from "../byte-level-bpe.ts";
import { openaiEncodingNames } from "../openai.ts";
import type { OpenaiEncodingName } from "../openai.ts";
import type { EncodeOptions, Tokenizer } from "../tokenizer.ts";

export interface EncodeParallelOptions extends EncodeOptions {
  /** Number of threads. Default: as many as the machine has cores. */
  workers?: number;
}

/** What a worker needs to rebuild the tokenizer. */
export type WorkerTokenizer = { openai: OpenaiEncodingName } | { json: object };

export interface WorkerJob {
  number: number;
  texts: string[];
  options: EncodeOptions;
}

export interface WorkerResult {
  number: number;
  /** The ids of all texts of the job one after another, and how many each has. */
  ids: Uint32Array;
  lengths: Uint32Array;
}

/** UTF-16 units per job: enough to make the copying small beside the encoding. */
const JOB_UNITS = 1 << 20;

/**
 * The ids of each text, in order, as they become ready.
 *
 * @example for await (const ids of encodeParallel(tokenizer, documents)) shard.push(ids);
 */
export async function* encodeParallel(
  tokenizer: Tokenizer,
  texts: Iterable<string>,
  { workers = availableParallelism(), ...options }: EncodeParallelOptions = {},
): AsyncIterable<Uint32Array> {
  const pool = Array.from({ length: workers }, () => startWorker(tokenizer));
  try {
    const waiting: Promise<WorkerResult>[] = [];
    let number = 0;
    for (const batch of batches(texts)) {
      const { run } = pool[number % workers];
      waiting.push(run({ number: number++, texts: batch, options }));
      // Two jobs a worker are under way at most, which bounds the memory.
      if (waiting.length >= 2 * workers) yield* split(await waiting.shift()!);
    }
    for (const result of waiting) yield* split(await result);
  } finally {
    await Promise.all(pool.map(({ worker }) => worker.terminate()));
  }
}

function startWorker(tokenizer: Tokenizer) {
  const isOpenai =
    tokenizer instanceof ByteLevelBpe && (openaiEncodingNames as string[]).includes(tokenizer.name);
  const workerData: WorkerTokenizer = isOpenai
    ? { openai: tokenizer.name as OpenaiEncodingName }
    : { json: tokenizer.toJSON() };
  const worker = new Worker(new URL("./encode-worker.ts", import.meta.url), { workerData });
  const pending = new Map<number, PromiseWithResolvers<WorkerResult>>();
  const failAll = (error: Error) => pending.forEach(({ reject }) => reject(error));
  worker.on("message", (result: WorkerResult) => {
    pending.get(result.number)!.resolve(result);
    pending.delete(result.number);
  });
  worker.on("error", failAll);
  const run = (job: WorkerJob): Promise<WorkerResult> => {
    const settled = Promise.withResolvers<WorkerResult>();
    // A job that fails while another is awaited is reported when its turn comes.
    settled.promise.catch(() => {});
    pending.set(job.number, settled);
    worker.postMessage(job);
    return settled.promise;
  };
  return { worker, run };
}

function* batches(texts: Iterable<string>): Iterable<string[]> {
  let batch: string[] = [];
  let units = 0;
  for (const text of texts) {
    batch.push(text);
    units += text.length;
    if (units < JOB_UNITS) continue;
    yield batch;
    batch = [];
    units = 0;
  }
  if (batch.length > 0) yield batch;
}

function* split({ ids, lengths }: WorkerResult): Iterable<Uint32Array> {
  let start = 0;
  for (const length of lengths) yield ids.subarray(start, (start += length));
}
