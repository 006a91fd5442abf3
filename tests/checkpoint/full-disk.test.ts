/**
 * A save that the system cuts short: the process may write no file above a size, as on a full disk. The checkpoint that
 * was there stays whole.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { loadCheckpoint, saveCheckpoint } from "../../lib/checkpoint/index.ts";
import { GPT } from "../../lib/models/index.ts";

const CHECKPOINT = JSON.stringify(join(import.meta.dirname, "../../lib/checkpoint/index.ts"));
const MODELS = JSON.stringify(join(import.meta.dirname, "../../lib/models/index.ts"));
const config = { vocabSize: 64, contextLength: 16, layers: 2, heads: 2, width: 64 };

it("a save that does not fit leaves the old checkpoint whole, and says why", () => {
  const folder = join(mkdtempSync(join(tmpdir(), "gradbook-")), "checkpoint");
  const model = new GPT(config, { seed: 1 });
  saveCheckpoint(folder, { model });
  const before = readdirSync(folder).sort();
  const program = `
    const { saveCheckpoint } = await import(${CHECKPOINT});
    const { GPT } = await import(${MODELS});
    saveCheckpoint(${JSON.stringify(folder)}, { model: new GPT(${JSON.stringify(config)}, { seed: 2 }) });`;
  // 64 blocks of 1,024 bytes; the weights are 426 kB.
  const command = `ulimit -f 64; exec "$0" --input-type=module -e "$1"`;
  const { status, stderr } = spawnSync("bash", ["-c", command, process.execPath, program], {
    encoding: "utf8",
  });
  expect(status).not.toBe(0);
  expect(stderr).toMatch(/EFBIG|ENOSPC|cannot be written|no space/i);
  expect(loadCheckpoint(folder).model.parameters.read()).toEqual(model.parameters.read());
  const parts = readdirSync(folder).filter((name) => !before.includes(name));
  // What is left of the failed save is named by nobody, and the next save removes it.
  saveCheckpoint(folder, { model });
  expect(readdirSync(folder).sort()).toEqual(before);
  expect(parts.every((name) => name.includes("weights-"))).toBe(true);
});
