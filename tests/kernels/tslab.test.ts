import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { tslabKernelSpec } from "../../kernels/tslab/kernelspec.ts";
import { KernelClient, KernelProcess, type KernelMessage } from "../../studio/kernels/index.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const installed = (() => {
  try {
    return createRequire(import.meta.url).resolve("tslab/package.json") !== "";
  } catch {
    return false;
  }
})();
if (!installed) console.warn("skipped: tslab is an optional dependency and not installed");

describe.skipIf(!installed)("the stock tslab kernel", () => {
  let kernel: KernelProcess;
  let client: KernelClient;

  beforeAll(async () => {
    const { argv, env, display_name, interrupt_mode } = tslabKernelSpec();
    const spec = {
      name: "tslab",
      displayName: display_name,
      language: "typescript",
      argv,
      env,
      interruptMode: interrupt_mode,
      metadata: {},
    };
    // On a loaded machine stock tslab now and then never answers; a person restarts it, and so does this.
    for (let attempt = 1; ; attempt++) {
      kernel = await KernelProcess.start(spec, { cwd: root });
      client = new KernelClient(kernel.connection, kernel);
      try {
        await client.ready(30_000);
        return;
      } catch (error) {
        client.close();
        await kernel.shutdown();
        if (attempt === 3) throw error;
      }
    }
  }, 120_000);
  afterAll(async () => {
    client.close();
    await kernel.shutdown();
  });

  async function run(code: string): Promise<KernelMessage[]> {
    const messages: KernelMessage[] = [];
    const reply = await client.execute(code, { onIopub: (message) => messages.push(message) });
    expect(reply.status).toBe("ok");
    return messages;
  }
  const printed = (messages: KernelMessage[]) =>
    messages.flatMap(({ header, content }) => (header.msg_type === "stream" ? [content.text] : [])).join("");

  test("runs the library through require", async () => {
    const code =
      'const { defineConfig, number } = require("gradbook/core");\nnumber({ default: 3, description: "x" }).default';
    expect(printed(await run(code))).toBe("3\n");
  });

  test("shows what our kernel shows", async () => {
    const file = JSON.stringify(fileURLToPath(new URL("../../kernels/tslab/show.ts", import.meta.url)));
    await run(
      `import { display } from "tslab"; import { table } from "arquero"; const { show } = require(${file});`,
    );
    const messages = await run("await show(table({ a: [1, 2] }), display)");
    const shown = messages.find(({ header }) => header.msg_type === "display_data")!;
    expect(shown.content.data["text/html"]).toContain("<table");
  });
});
