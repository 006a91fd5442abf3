/**
 * Training GPT-2 (124 M) on a GPU: gradbook on XLA against PyTorch and JAX, over batches, contexts and precisions.
 * Prints a table: tokens/s, share of the device's peak (MFU), memory, time until the first step.
 *
 * Each contestant has the device to itself, one after the other: XLA takes most of its memory. The peers' Python is
 * `GRADBOOK_BENCH_PYTHON`, or the one of `npm run bench:peers`; a peer that is not installed is left out and named.
 * `GRADBOOK_BENCH=smoke` runs a tiny model, on whatever device there is.
 */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { startContestant, type Contestant } from "../contestant.ts";
import { peerPython } from "../peers.ts";
import { compareTurns, type Line } from "../report.ts";
import { flopsPerStep, peakFlops, ROUNDS, SETTINGS, STEPS, type Setting } from "./setting.ts";

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const python = (): string => process.env.GRADBOOK_BENCH_PYTHON ?? peerPython();

type Start = (setting: Setting, index: number) => Promise<Contestant>;

const peer =
  (name: string, script: string): Start =>
  ({ vocabulary, batch, time, layers, heads, width, precision }) => {
    const args = [vocabulary, batch, time, layers, heads, width, precision].map(String);
    return startContestant(name, [python(), file(script), ...args], {
      XLA_PYTHON_CLIENT_PREALLOCATE: "false",
    });
  };

const CONTESTANTS: Record<string, Start> = {
  gradbook: (setting, index) =>
    startContestant("gradbook", [process.execPath, file("ours.ts"), String(index)], {
      GRADBOOK_ENGINE: "xla",
      GRADBOOK_PRECISION: setting.precision,
    }),
  PyTorch: peer("PyTorch", "torch_side.py"),
  JAX: peer("JAX", "jax_side.py"),
};

/** The GPU's name; undefined on other machines. */
function gpuName(): string | undefined {
  try {
    return execFileSync("nvidia-smi", ["--query-gpu=name", "--format=csv,noheader"], { encoding: "utf8" }).split("\n")[0]; // prettier-ignore
  } catch {
    return undefined;
  }
}

const HEAD = ["setting", "contestant", "tokens/s", "against ours", "MFU", "memory", "first step", "loss"];
const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

/** One line of the table. */
function rowOf(setting: Setting, line: Line, ours: Line, gpu: string | undefined): string {
  const { batch, time, precision } = setting;
  const rate = (1000 * batch * time) / line.median;
  const peak = gpu && peakFlops(gpu, precision);
  const { memory, compileMs, loss } = line.about as { memory?: number; compileMs: number; loss: number };
  return row([
    `${precision} ${batch} × ${time}`,
    line.contestant,
    Math.round(rate).toLocaleString("en"),
    line === ours ? "" : `${(ours.median / line.median).toFixed(2)}×`,
    peak ? `${((100 * flopsPerStep(setting) * 1000) / line.median / peak).toFixed(1)} %` : "–",
    memory ? `${(memory / 2 ** 30).toFixed(1)} GiB` : `${line.memory ?? "–"} MiB resident`,
    `${(compileMs / 1000).toFixed(1)} s`,
    loss.toFixed(3),
  ]);
}

export async function bench({ peers }: { peers: boolean }): Promise<Line[]> {
  const gpu = gpuName();
  console.log(`device: ${gpu ?? "no GPU"}, ${new Date().toISOString().slice(0, 10)}\n`);
  console.log(`${row(HEAD)}\n${row(HEAD.map(() => "---"))}`);
  const lines: Line[] = [];
  const missing = new Set<string>();
  for (const [index, setting] of SETTINGS.entries()) {
    let ours: Line | undefined;
    for (const [name, start] of Object.entries(CONTESTANTS).slice(0, peers ? undefined : 1)) {
      if (missing.has(name)) continue;
      const contestant = await start(setting, index).catch((problem: Error) => problem);
      if (contestant instanceof Error) {
        if (name === "gradbook") throw contestant;
        missing.add(name);
        console.log(row([`${name} is left out`, contestant.message, ...HEAD.slice(2).map(() => "")]));
        continue;
      }
      const what = `${setting.precision} ${setting.batch}×${setting.time}`;
      const [line] = await compareTurns(what, [contestant], { rounds: ROUNDS, repetitions: STEPS });
      ours ??= line;
      console.log(rowOf(setting, line, ours, gpu));
      lines.push(line);
    }
  }
  console.log("");
  return lines;
}
