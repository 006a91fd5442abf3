/** One training step of a GPT, ours against PyTorch eager with fused AdamW on the same threads. */
import { fileURLToPath } from "node:url";
import { ENGINE_ENVIRONMENT } from "../../lib/engine/environment.ts";
import { findTensorflow } from "../../lib/engine/tensorflow/locate.ts";
import { threads } from "../../lib/engine/threads.ts";
import { startContestant } from "../contestant.ts";
import { peerPython } from "../peers.ts";
import { compareTurns, type Line } from "../report.ts";
import { SIZES, type Size } from "./sizes.ts";

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** The library on TensorFlow's operations one by one, which is what tfjs-node does; where it is installed. */
function tensorflow(index: number) {
  const env = { ...ENGINE_ENVIRONMENT, GRADBOOK_ENGINE: "tensorflow" };
  return startContestant("TensorFlow", [process.execPath, file("ours.ts"), String(index)], env);
}

const ours = (index: number) => startContestant("gradbook", [process.execPath, file("ours.ts"), String(index)], ENGINE_ENVIRONMENT); // prettier-ignore

function torch(size: Size) {
  const { vocabulary, batch, time, layers, heads, width } = size;
  const args = [vocabulary, batch, time, layers, heads, width, threads()].map(String);
  return startContestant("PyTorch eager", [peerPython(), file("torch_step.py"), ...args]);
}

/** Milliseconds per step at each size, and our speed relative to PyTorch's. */
export async function bench({ peers }: { peers: boolean }): Promise<Line[]> {
  const lines: Line[] = [];
  for (const [index, size] of SIZES.entries()) {
    const contestants = [await ours(index), ...(peers ? [await torch(size)] : [])];
    if (peers && findTensorflow()) contestants.push(await tensorflow(index));
    lines.push(
      ...(await compareTurns(size.label, contestants, { rounds: 8, repetitions: size.stepsPerRound })),
    );
  }
  return lines;
}
