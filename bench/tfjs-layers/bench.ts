/** A tfjs-layers script that knows nothing of gradbook, on our engine and on tfjs's CPU backend: `digits.ts`, unchanged. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { ENGINE_ENVIRONMENT } from "../../lib/engine/environment.ts";
import { findTensorflow } from "../../lib/engine/tensorflow/locate.ts";
import { median, type Line } from "../report.ts";

interface Trained {
  backend: string;
  accuracy: number;
  milliseconds: number[];
}

const SCRIPT = fileURLToPath(new URL("digits.ts", import.meta.url));
const ENGINE = ["--import", new URL("../../lib/engine/index.ts", import.meta.url).href];
/** The first epoch compiles, and warms up. */
const BATCHES_TO_SKIP = 4;
const ROUNDS = 2;
const EPOCHS = "2";

function train(flags: readonly string[], environment: Readonly<Record<string, string>> = {}): Trained {
  const env = { ...process.env, ...ENGINE_ENVIRONMENT, ...environment };
  return JSON.parse(
    execFileSync(process.execPath, [...flags, SCRIPT, EPOCHS], { env, encoding: "utf8" }),
  ) as Trained;
}

/** Milliseconds for each batch of 64 images, in turns. */
export async function bench({ peers }: { peers: boolean }): Promise<Line[]> {
  const contestants: Record<string, () => Trained> = { gradbook: () => train(ENGINE) };
  if (peers) contestants["tfjs cpu"] = () => train([]);
  if (peers && findTensorflow())
    contestants.TensorFlow = () => train(ENGINE, { GRADBOOK_ENGINE: "tensorflow" });
  const names = Object.keys(contestants);
  const rounds = Array.from({ length: ROUNDS }, () => names.map((name) => contestants[name]()));
  const times = ({ milliseconds }: Trained): number[] => milliseconds.slice(BATCHES_TO_SKIP);
  return names.map((contestant, i) => {
    const all = rounds.flatMap((round) => times(round[i]));
    const { backend, accuracy } = rounds[0][i];
    return {
      what: "64 images",
      contestant,
      median: median(all),
      least: Math.min(...all),
      ratio:
        i === 0
          ? undefined
          : median(rounds.map((round) => median(times(round[i])) / median(times(round[0])))),
      about: { backend, accuracy: accuracy.toFixed(3) },
    };
  });
}
