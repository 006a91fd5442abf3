/** How many tokens a second does a model of 10.8 million parameters write, one text at a time? Peers: PyTorch, transformers. */
import { fileURLToPath } from "node:url";
import { engineReport } from "../../lib/engine/index.ts";
import { ENGINE_ENVIRONMENT } from "../../lib/engine/environment.ts";
import { startContestant } from "../contestant.ts";
import { peerPython } from "../peers.ts";
import { compareTurns, type Line } from "../report.ts";
import { PROMPT, TOKENS, VOCABULARY } from "./setting.ts";

export async function bench({ peers }: { peers: boolean }): Promise<Line[]> {
  const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
  const contestants = [
    await startContestant("gradbook", [process.execPath, file("ours.ts")], ENGINE_ENVIRONMENT),
  ];
  const { threads } = engineReport() as { threads: number };
  const numbers = [VOCABULARY, PROMPT, TOKENS, threads].map(String);
  if (peers)
    for (const [name, kind] of [
      ["PyTorch eager", "torch"],
      ["transformers", "transformers"],
    ] as const)
      // prettier-ignore
      contestants.push(await startContestant(name, [peerPython(), file("torch_side.py"), kind, ...numbers]));
  const lines = await compareTurns(`${TOKENS} tokens`, contestants, { rounds: 5, repetitions: 2 });
  return lines.map((line) => ({
    ...line,
    about: { ...line.about, "tokens/s": Math.round(TOKENS / (line.median / 1000)) },
  }));
}
