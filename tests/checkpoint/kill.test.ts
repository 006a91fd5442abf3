/**
 * A training process is killed at random instants, again and again, and has to arrive at the weights of one that
 * was left alone. GRADBOOK_KILLS sets how often (default 6; each takes about a second).
 */
import { spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { loadCheckpoint } from "../../lib/checkpoint/index.ts";
import { random } from "../../lib/core/random.ts";

const KILLS = Number(process.env.GRADBOOK_KILLS ?? 6);
const STEPS = String(40 * KILLS);
const CHILD = join(import.meta.dirname, "training-child.ts");

/** Starts the child; with `killAfter` milliseconds after its first saves, it is killed. True: it finished. */
function trainIn(directory: string, killAfter?: number): Promise<boolean> {
  const child = spawn(process.execPath, [CHILD, directory, STEPS], { stdio: ["ignore", "pipe", "inherit"] });
  if (killAfter !== undefined) setTimeout(() => child.kill("SIGKILL"), killAfter);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      if (code === 0 || signal === "SIGKILL") resolve(code === 0);
      else reject(new Error(`the child ended with ${code ?? signal}`));
    });
  });
}

it(
  `training killed ${KILLS} times ends with the same bits as training left alone`,
  async () => {
    const parent = mkdtempSync(join(tmpdir(), "gradbook-"));
    const generator = random(Date.now());
    let kills = 0;
    for (let attempt = 0; kills < KILLS && attempt < 3 * KILLS; attempt++) {
      // Long enough to start, load and do some steps, short enough not to be done.
      if (await trainIn(join(parent, "killed"), 500 + 700 * generator.uniform())) break;
      kills++;
    }
    while (!(await trainIn(join(parent, "killed"))));
    await trainIn(join(parent, "alone"));
    const [killed, alone] = ["killed", "alone"].map((name) =>
      loadCheckpoint(join(parent, name, "checkpoint")),
    );
    expect(kills).toBeGreaterThan(0);
    expect(killed.training!.step).toBe(Number(STEPS));
    expect(killed.model.parameters.read()).toEqual(alone.model.parameters.read());
    expect(killed.training!.optimizer).toEqual(alone.training!.optimizer);
  },
  60_000 + 4_000 * KILLS,
);
