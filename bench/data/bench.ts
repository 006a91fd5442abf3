/**
 * Speed of curation on one core: MinHash against datasketch, filters against datatrove, HTML against readability
 * and trafilatura, and the whole pipeline without and with two workers.
 */
import { fileURLToPath } from "node:url";
import { startContestant } from "../contestant.ts";
import { peerPython } from "../peers.ts";
import { compareTurns, type Line } from "../report.ts";
import { benchCorpus } from "./corpus.ts";

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
        await node("ours.ts", "pipeline", texts, "2", "two workers"),
        await node("ours.ts", "pipeline", texts, "0", "main thread"),
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
  );
  return lines;
}
