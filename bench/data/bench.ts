/**
 * Speed of curation on one core: MinHash against datasketch, filters against datatrove, HTML against readability
 * and trafilatura, the whole pipeline without and with two workers, token shards (512 MiB of uint16), and the peak
 * memory of 1 GB of generated text through all filters and de-duplication.
 */
import { existsSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startContestant } from "../contestant.ts";
import { peerPython } from "../peers.ts";
import { compareTurns, type Line } from "../report.ts";
import { benchCorpus, generatedCorpus } from "./corpus.ts";
import { shardWriter } from "../../lib/batches/token-shards.ts";

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const node = (name: string, ...args: string[]) =>
  startContestant(args[3] ?? "gradbook", [process.execPath, path(name), ...args.slice(0, 3)]);

/** Milliseconds for one pass over the corpus, and our speed relative to the peers'. */
export async function bench({ peers }: { peers: boolean }): Promise<Line[]> {
  const { texts, pages } = await benchCorpus();
  const lines: Line[] = [];
  const python = (task: string, file: string, name: string) =>
    startContestant(name, [peerPython(), path("peer.py"), task, file]);
  const once = { rounds: 3, repetitions: 1 };

  lines.push(
    ...(await compareTurns(
      "minhash",
      [
        await node("ours.ts", "minhash", texts),
        ...(peers ? [await python("minhash", texts, "datasketch")] : []),
      ],
      once,
    )),
    ...(await compareTurns(
      "html",
      [
        await node("ours.ts", "html", pages),
        await startContestant("readability", [process.execPath, path("readability.ts"), pages]),
        ...(peers ? [await python("html", pages, "trafilatura")] : []),
      ],
      once,
    )),
    ...(await compareTurns(
      "pipeline",
      [
        await node("ours.ts", "pipeline", generatedCorpus(4e7), "2", "two workers"),
        await node("ours.ts", "pipeline", generatedCorpus(4e7), "0", "main thread"),
      ],
      once,
    )),
    ...(await compareTurns(
      "filters",
      [
        await node("ours.ts", "filters", texts),
        ...(peers ? [await python("filters", texts, "datatrove")] : []),
      ],
      { rounds: 1, repetitions: 1 },
    )),
    ...(await compareTurns("shards 512 MiB", [await node("ours.ts", "shards", shardFolder())], once)),
    await large(generatedCorpus(1e9)),
  );
  return lines;
}

/** One pass, whose peak memory counts. */
async function large(file: string): Promise<Line> {
  const contestant = await node("ours.ts", "large", file, "0", "one core");
  const [time] = await contestant.turn(1);
  const memory = Math.round((await contestant.peakMemory())! / 2 ** 20);
  contestant.stop();
  rmSync(`${file}.clean.jsonl`);
  return { what: "1 GB", contestant: contestant.name, median: time, least: time, memory, about: {} };
}

function shardFolder(): string {
  const folder = join(tmpdir(), "gradbook-bench-data", "shards");
  if (existsSync(join(folder, "shards.json"))) return folder;
  const writer = shardWriter(folder, { vocabSize: 50_257 });
  const ids = Uint16Array.from({ length: 2 ** 20 }, (_, i) => i % 50_257);
  for (let written = 0; written < 2 ** 28; written += ids.length) writer.add(ids);
  writer.finish();
  return folder;
}
