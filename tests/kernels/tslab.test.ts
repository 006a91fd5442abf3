import { mkdtempSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
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
      kernel = await KernelProcess.start(spec, { cwd: mkdtempSync(path.join(tmpdir(), "gradbook-tslab-")) });
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
  /** What stands under a cell that fails. */
  async function refused(code: string): Promise<string> {
    const messages: KernelMessage[] = [];
    const reply = await client.execute(code, { onIopub: (message) => messages.push(message) });
    expect(reply.status).toBe("error");
    return printed(messages);
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
      `import { display } from "tslab"; import { dataTable } from "gradbook/notebook"; const { show } = require(${file});`,
    );
    const messages = await run("await show(dataTable([{ a: 1 }, { a: 2 }]), display)");
    const shown = messages.find(({ header }) => header.msg_type === "display_data")!;
    expect(shown.content.data["text/html"]).toContain("<table");
  });

  test("finds the library by import, with types that are any, from a folder that is not ours", async () => {
    const code =
      'import { number, type Config } from "gradbook/core";\nconst three: Config<{}> = number({ default: 3, description: "" }).default;\nthree';
    expect(printed(await run(code))).toBe("3\n");
  });

  test("finds an earlier cell's name in shorthand, and awaits a loop at the top of a cell", async () => {
    await run("const size = 3;");
    expect(printed(await run("[{ size }]"))).toBe("[ { size: 3 } ]\n");
    const loop = "let sum = 0;\nfor await (const x of [Promise.resolve(size), 4]) sum += x;\nsum";
    expect(printed(await run(loop))).toBe("7\n");
  });

  test("runs a notebook of the course unchanged", { timeout: 180_000 }, async () => {
    const notebook = JSON.parse(readFileSync(path.join(root, "notebooks/03-tokenizers.ipynb"), "utf8"));
    const cells = notebook.cells.filter(({ cell_type }: { cell_type: string }) => cell_type === "code");
    const outputs: KernelMessage[] = [];
    for (const { source } of cells) outputs.push(...(await run([source].flat().join(""))));
    expect(printed(outputs)).toMatch(/round trip = true/);
    expect(printed(outputs)).toMatch(/train: \d+ texts, \d+ tokens/);
    const tables = outputs.filter(
      ({ header, content }) =>
        header.msg_type === "display_data" && content.data["text/html"]?.includes("<table"),
    );
    expect(tables.length).toBeGreaterThanOrEqual(3);
  });

  // The last test: after an error stock tslab refuses what comes next for a while.
  test("names that the library does not export are errors before the cell runs", async () => {
    expect(await refused('import { numer } from "gradbook/core"; numer')).toMatch(/has no exported member/);
  });
});
