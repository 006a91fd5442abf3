/** Exported models in Python's onnxruntime, another version than the engine's: the same scores. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { exportedModels } from "../engine/exported-models.ts";
import { expectNear } from "../engine/near.ts";
import { temporaryFolder } from "../kernels/kernel-session.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const peers = process.env.GRADBOOK_PEERS ?? path.join(root, "bench", ".peers", "venv");
const python = path.join(peers, "bin", "python");
const ready =
  existsSync(python) && spawnSync(python, ["-c", "import onnxruntime"], { stdio: "ignore" }).status === 0;
if (!ready) console.warn(`skipped: ${python} with onnxruntime is not there (npm run bench:peers)`);

describe.skipIf(!ready)("onnxruntime in Python", () => {
  test("computes the scores of an exported GPT, BERT and encoder–decoder", () => {
    const folder = temporaryFolder();
    const models = exportedModels();
    const requests = models.map(({ model, inputs }, i) => {
      const file = path.join(folder, `${i}.onnx`);
      writeFileSync(file, model);
      return JSON.stringify({ model: file, inputs });
    });
    const script = fileURLToPath(new URL("onnx/run_models.py", import.meta.url));
    const answers = execFileSync(python, [script], { input: requests.join("\n"), encoding: "utf8" });
    const found = answers
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { shape: number[]; values: number[] });
    expect(found).toHaveLength(models.length);
    models.forEach(({ name, logits }, i) => {
      expect(found[i].shape, name).toEqual(logits.shape);
      expectNear(found[i].values, logits.values, 1e-4);
    });
  });
});
