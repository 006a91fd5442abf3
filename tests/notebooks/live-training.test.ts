/** Training in a real kernel: a slider moves while it runs, then Stop is pressed. */
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import {
  findKernelSpecs,
  KernelClient,
  KernelProcess,
  type KernelMessage,
} from "../../studio/kernels/index.ts";

const SETUP = `
import { randomWindows, sequentialWindows } from "gradbook/batches";
import { GPT } from "gradbook/models";
import { param } from "gradbook/notebook";
import { train, trainConfig } from "gradbook/train";
const learningRate = param("learningRate", trainConfig.learningRate, { default: 1e-3 });
const text = Uint32Array.from({ length: 5000 }, (_, i) => (i * i) % 17);
const windows = { batchSize: 4, contextLength: 16 };
const model = new GPT({ vocabSize: 17, contextLength: 16, layers: 1, heads: 2, width: 32 });
const data = { train: randomWindows(text, { ...windows, seed: 1 }), validation: sequentialWindows(text, windows) };`;

const TRAIN = `
const settings = { steps: 1_000_000, learningRate, warmupSteps: 0, evaluateEvery: 0 };
const observer = { onStep: (m) => { if (m.step === 1 || m.changes) console.log(JSON.stringify(m)); } };
const run = await train(model, data, settings, { live: () => ({ learningRate }), observer });
console.log(JSON.stringify(run));`;

it("follows the slider at once, and on interrupt saves and returns", async () => {
  const directory = mkdtempSync(join(tmpdir(), "gradbook-"));
  const spec = findKernelSpecs().find(({ name }) => name === "gradbook")!;
  const kernel = await KernelProcess.start(spec, { cwd: directory });
  const client = new KernelClient(kernel.connection, kernel);
  try {
    await client.ready();
    let slider = "";
    await client.execute(SETUP, {
      onIopub: ({ header, content }) => {
        if (header.msg_type === "comm_open" && content.data?.state?._model_name === "FloatLogSliderModel")
          slider = content.comm_id;
      },
    });
    expect(slider).not.toBe("");

    const lines: Record<string, unknown>[] = [];
    const onIopub = ({ header, content }: KernelMessage): void => {
      if (header.msg_type !== "stream" || content.name !== "stdout") return;
      lines.push(
        ...content.text
          .trim()
          .split("\n")
          .map((line: string) => JSON.parse(line)),
      );
    };
    const reply = client.execute(TRAIN, { onIopub });
    await expect.poll(() => lines.length, { timeout: 30_000 }).toBe(1);
    const update = { method: "update", state: { value: 5e-4 }, buffer_paths: [] };
    client.send("comm_msg", { comm_id: slider, data: update });
    await expect.poll(() => lines.length, { timeout: 30_000 }).toBe(2);
    await kernel.interrupt();

    expect((await reply).status).toBe("ok");
    expect(lines[1].changes).toEqual({ learningRate: { from: 1e-3, to: 5e-4 } });
    const run = lines[2] as { reason: string; checkpoint: string };
    expect(run.reason).toBe("interrupted");
    expect(existsSync(join(directory, run.checkpoint, "manifest.json"))).toBe(true);
  } finally {
    client.close();
    await kernel.shutdown();
  }
});
