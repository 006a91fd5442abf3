/** Exported models in a browser: onnxruntime-web in real Chromium gives the engine's scores. */
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import path from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { exportedModels, type Exported } from "../engine/exported-models.ts";
import { expectNear } from "../engine/near.ts";
import { browserPath, launchBrowser } from "./lab-page.ts";

const TYPES: Record<string, string> = { ".mjs": "text/javascript", ".wasm": "application/wasm" };
const PAGE = `<!doctype html><title>onnxruntime-web</title><script type="module">
import * as ort from "/ort.wasm.min.mjs";
ort.env.wasm.numThreads = 1;
globalThis.ort = ort;
</script>`;

/** The folder of the runtime's files; undefined when npm install has not brought it yet. */
function runtimeFolder(): string | undefined {
  try {
    return path.dirname(createRequire(import.meta.url).resolve("onnxruntime-web/wasm"));
  } catch {
    return undefined;
  }
}
const runtime = runtimeFolder();
if (!runtime) console.warn("skipped: onnxruntime-web is not there (npm install)");

/** The part of onnxruntime-web that the page uses. */
interface Ort {
  Tensor: new (type: string, data: Int32Array, dims: readonly number[]) => unknown;
  InferenceSession: {
    create(model: Uint8Array): Promise<{
      run(feeds: object): Promise<{ logits: { dims: number[]; data: Float32Array } }>;
    }>;
  };
}

describe.skipIf(!browserPath || !runtime)("onnxruntime-web", () => {
  let server: Server;
  let browser: Browser;

  beforeAll(async () => {
    server = createServer(({ url = "/" }, response) => {
      const file = path.join(runtime!, path.basename(url));
      const type = url === "/" ? "text/html" : TYPES[path.extname(file)];
      if (!type) return void response.writeHead(404).end();
      response.setHeader("Content-Type", type);
      response.end(url === "/" ? PAGE : readFileSync(file));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  test("computes the scores of an exported GPT, BERT and encoder–decoder", async () => {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    for (const { name, model, inputs, logits } of exportedModels()) {
      const request = { bytes: Array.from(model), inputs };
      const found = await page.evaluate(
        async ({ bytes, inputs }: { bytes: number[]; inputs: Exported["inputs"] }) => {
          const { ort } = globalThis as unknown as { ort: Ort };
          const session = await ort.InferenceSession.create(Uint8Array.from(bytes));
          const feeds = inputs.map(({ name, values, shape }) => [
            name,
            new ort.Tensor("int32", Int32Array.from(values), shape),
          ]);
          const { logits } = await session.run(Object.fromEntries(feeds));
          return { shape: [...logits.dims], values: Array.from(logits.data) };
        },
        request,
      );
      expect(found.shape, name).toEqual(logits.shape);
      expectNear(found.values, logits.values, 1e-4);
    }
  });
});
