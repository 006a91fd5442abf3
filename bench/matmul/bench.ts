/** How quick is one matrix product, which bounds every training step? Ours against PyTorch's library (MKL). */
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { ENGINE_ENVIRONMENT } from "../../lib/engine/environment.ts";
import { threads } from "../../lib/engine/threads.ts";
import { startContestant } from "../contestant.ts";
import { peerPython } from "../peers.ts";
import { compareTurns, type Line } from "../report.ts";
import { PRODUCTS } from "./sizes.ts";

export async function bench({ peers }: { peers: boolean }): Promise<Line[]> {
  const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
  const lines: Line[] = [];
  for (const [index, { label, rows, inner, columns, transposeA }] of PRODUCTS.entries()) {
    const ours = [process.execPath, file("ours.ts"), String(index)];
    const contestants = [await startContestant("gradbook", ours, ENGINE_ENVIRONMENT)];
    const numbers = [rows, inner, columns, Number(transposeA), threads()].map(String);
    if (peers)
      contestants.push(await startContestant("PyTorch", [peerPython(), file("torch_side.py"), ...numbers]));
    const measured = await compareTurns(label, contestants, { rounds: 8, repetitions: 20 });
    for (const line of measured) {
      const speed = (2 * rows * inner * columns) / line.least / 1e6;
      const about = { ...line.about, "GFLOP/s at best": Math.round(speed), cpu: cpus()[0].model.trim() };
      lines.push({ ...line, about });
    }
  }
  return lines;
}
