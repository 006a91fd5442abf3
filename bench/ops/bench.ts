/** Each fused operation, value and gradients, and each update of flat buffers, against PyTorch eager on the same threads. */
import { fileURLToPath } from "node:url";
import { ENGINE_ENVIRONMENT } from "../../lib/engine/environment.ts";
import { threads } from "../../lib/engine/threads.ts";
import { startContestant } from "../contestant.ts";
import { peerPython } from "../peers.ts";
import { compareTurns, type Line } from "../report.ts";
import { FLAT, GROUPS, HEADS, OPERATIONS, UPDATES } from "./setting.ts";

export async function bench({ peers }: { peers: boolean }): Promise<Line[]> {
  const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
  const lines: Line[] = [];
  for (const [name, setting] of Object.entries(OPERATIONS)) {
    const ours = [process.execPath, file("ours.ts"), name];
    const contestants = [await startContestant("gradbook", ours, ENGINE_ENVIRONMENT)];
    const theirs = [
      file("torch_side.py"),
      name,
      String(threads()),
      String(HEADS),
      String(GROUPS),
      JSON.stringify(setting),
    ];
    if (peers) contestants.push(await startContestant("PyTorch eager", [peerPython(), ...theirs]));
    lines.push(...(await compareTurns(name, contestants, { rounds: 6, repetitions: 6 })));
  }
  for (const name of UPDATES) {
    const contestants = [
      await startContestant("gradbook", [process.execPath, file("update.ts"), name], ENGINE_ENVIRONMENT),
    ];
    const theirs = [file("torch_update.py"), name, String(threads()), String(FLAT)];
    if (peers) contestants.push(await startContestant("PyTorch eager", [peerPython(), ...theirs]));
    lines.push(...(await compareTurns(name, contestants, { rounds: 6, repetitions: 4 })));
  }
  return lines;
}
