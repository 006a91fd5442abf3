/** Our side of the data benches: `ours.ts TASK FILE [WORKERS]`. */
import { readFileSync } from "node:fs";
import { minHasher, minhashConfig } from "../../lib/data/dedup/minhash.ts";
import { c4 } from "../../lib/data/filters/c4.ts";
import { fineweb } from "../../lib/data/filters/fineweb.ts";
import { gopherQuality } from "../../lib/data/filters/gopher-quality.ts";
import { gopherRepetition } from "../../lib/data/filters/gopher-repetition.ts";
import { htmlToText } from "../../lib/data/html/html.ts";
import { minhash } from "../../lib/data/dedup/minhash.ts";
import { exact } from "../../lib/data/dedup/exact.ts";
import { openShards } from "../../lib/batches/token-shards.ts";
import { pipeline } from "../../lib/data/pipeline/pipeline.ts";
import { read } from "../../lib/data/read/read.ts";
import { writeJsonl } from "../../lib/data/write/jsonl.ts";
import { serveTurns } from "../contestant.ts";

const [task, file, workers = "0"] = process.argv.slice(2);
const documents = () =>
  readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => ({ metadata: {}, ...(JSON.parse(line) as { id: string; text: string }) }));

const TASKS: Record<string, () => () => unknown> = {
  minhash() {
    const all = documents();
    // datasketch's default: 128 functions.
    const { signature } = minHasher({ ...minhashConfig.defaults, bands: 16, rows: 8 });
    return () => all.forEach(({ text }) => signature(text));
  },
  filters() {
    const all = documents();
    const steps = [gopherQuality(), gopherRepetition(), c4(), fineweb()];
    return () => {
      for (const step of steps) for (const document of all) step.apply(document);
    };
  },
  html() {
    const all = documents();
    return () => all.forEach(({ text }) => htmlToText(text));
  },
  /** Everything at once over a file that is much larger than the memory it may take. */
  large() {
    return () =>
      pipeline(
        read(file),
        gopherRepetition(),
        gopherQuality(),
        c4(),
        fineweb(),
        exact(),
        minhash(),
        writeJsonl(`${file}.clean.jsonl`),
      ).run({ workers: Number(workers) });
  },
  shards() {
    const shards = openShards(file);
    const window = 2 ** 20;
    return () => {
      let sum = 0;
      for (let at = 0; at + window <= shards.length; at += window)
        sum += shards.read(at, at + window)[window - 1];
      return sum;
    };
  },
  pipeline() {
    return () =>
      pipeline(read(file), gopherRepetition(), gopherQuality(), c4(), fineweb(), minhash()).run({
        workers: Number(workers),
      });
  },
};

await serveTurns({ node: process.version }, TASKS[task]());
