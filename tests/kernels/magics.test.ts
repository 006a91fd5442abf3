import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { KernelSession } from "./kernel-session.ts";

let kernel: KernelSession;
beforeAll(async () => void (kernel = await KernelSession.start()));
afterAll(() => kernel.stop());

test("%%html and its relatives show the rest of the cell", async () => {
  const shown = async (code: string) =>
    (await kernel.run(code)).messages.find(({ header }) => header.msg_type === "display_data")!.content.data;
  expect(await shown("%%html\n<b>x</b>")).toMatchObject({ "text/html": "<b>x</b>" });
  expect(await shown("%%latex\n$x$")).toMatchObject({ "text/latex": "$x$" });
  expect(await shown("%%svg\n<svg/>")).toMatchObject({ "image/svg+xml": "<svg/>" });
});

test("%%bash streams, fails with the script's code, and can be stopped", async () => {
  const ran = await kernel.run("%%bash\necho out; echo err >&2; exit 3");
  expect([ran.stdout, ran.stderr]).toEqual(["out\n", "err\n"]);
  expect(ran.error).toBe("Error: %%bash: expected exit code 0, got 3");
  expect((await kernel.runAndStop("%%bash\nsleep 60")).error).toBe("KernelInterrupt: interrupted");
});

test("%%time runs the cell in the session and says what it took", async () => {
  const ran = await kernel.run("%%time\nconst timed = 6 * 7;\ntimed");
  expect(ran.result).toBe("42");
  expect(ran.stdout).toMatch(/^Wall [\d.]+ (µs|ms), CPU [\d.]+ (µs|ms), memory [+−]\d+ MiB\n$/);
  expect((await kernel.run("%time timed + 1")).result).toBe("43");
  expect((await kernel.run("%%time\n\nthrow new Error('x')")).traceback).toMatch(/cell \d+:3:7/);
});

test("%who lists values, %reset forgets them", async () => {
  await kernel.run("const who1 = [1]; interface OnlyType { a: 1 }; class Who2 {}");
  expect((await kernel.run("%who")).stdout).toMatch(/who1 {2}Array\nWho2 {2}function\n/);
  await kernel.run("%reset");
  expect((await kernel.run("who1")).result).toBeUndefined();
});

test("%load puts a file into the cell, NAME? and %help fill the pager", async () => {
  writeFileSync(path.join(kernel.folder, "loaded.ts"), "1 + 1\n");
  expect((await kernel.run("%load loaded.ts")).reply.payload).toEqual([
    { source: "set_next_input", text: "1 + 1\n", replace: true },
  ]);
  await kernel.run("/** A constant. */ const documented = 5;");
  const page = (await kernel.run("documented?")).reply.payload![0] as { data: Record<string, string> };
  expect(page.data["text/plain"]).toMatch(/const documented: 5[\s\S]*A constant\./);
  expect((await kernel.run("%help")).reply.payload).toHaveLength(1);
});

test("an unknown magic and a missing file are errors; a remainder is not a magic", async () => {
  expect((await kernel.run("%%nonsense\nx")).error).toMatch(/^MagicError: magic %%nonsense: expected one of/);
  expect((await kernel.run("%load nowhere.ts")).error).toMatch(/nowhere\.ts/);
  expect((await kernel.run("const seven = 7;\nseven\n% 4")).result).toBe("3");
});
