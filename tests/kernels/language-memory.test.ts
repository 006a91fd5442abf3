import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { KernelSession } from "./kernel-session.ts";

let kernel: KernelSession;
beforeAll(async () => {
  // Enough to rewrite cells, too little for the declarations of Node and the language.
  kernel = await KernelSession.start(undefined, { GRADBOOK_LANGUAGE_MEMORY: "45" });
});
afterAll(() => kernel.stop());

const complete = (code: string) =>
  kernel.client.request("complete_request", { code, cursor_pos: code.length }, "shell", {
    timeoutMs: 40_000,
  });

test("when TypeScript's memory is full, only its thread starts anew: variables stay and cells run on", async () => {
  expect((await kernel.run("const kept = { value: 41 }; kept.value")).result).toBe("41");
  const said = kernel.hear(({ content }) => content.name === "stderr");
  const { content } = await complete("kept.");
  expect(content).toMatchObject({ status: "error", evalue: expect.stringContaining("at most 45 MB") });
  expect((await said).at(-1)!.content.text).toContain("variables are kept");
  expect((await kernel.run("kept.value + 1")).result).toBe("42");
});

test("the user thread's own line to it is renewed as well", async () => {
  writeFileSync(path.join(kernel.folder, "late.ts"), "export const late = await Promise.resolve(5);\n");
  expect((await kernel.run('import { late } from "./late.ts"; late')).result).toBe("5");
});
