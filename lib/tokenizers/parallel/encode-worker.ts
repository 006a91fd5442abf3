/** A thread of `encodeParallel`: rebuilds the tokenizer once, then encodes the batches that come. */
import { parentPort, workerData } from "node:worker_threads";
import { tokenizerOfJson } from "../file.ts";
import { openaiEncoding } from "../openai.ts";
import type { WorkerJob, WorkerResult, WorkerTokenizer } from "./encode-parallel.ts";

const source = workerData as WorkerTokenizer;
const tokenizer =
  "openai" in source ? openaiEncoding(source.openai) : tokenizerOfJson(source.json, "tokenizer");

parentPort!.on("message", ({ number, texts, options }: WorkerJob) => {
  const encoded = tokenizer.encodeBatch(texts, options);
  const lengths = Uint32Array.from(encoded, (ids) => ids.length);
  const ids = new Uint32Array(lengths.reduce((sum, length) => sum + length, 0));
  let start = 0;
  for (const part of encoded) {
    ids.set(part, start);
    start += part.length;
  }
  const result: WorkerResult = { number, ids, lengths };
  parentPort!.postMessage(result, [ids.buffer, lengths.buffer]);
});
