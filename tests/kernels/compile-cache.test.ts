import { mkdirSync, mkdtempSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { shrinkFolder } from "../../kernels/typescript/wire/compile-cache.ts";
import { delay, KernelSession } from "./kernel-session.ts";

function filled(count: number): string {
  const folder = mkdtempSync(path.join(tmpdir(), "gradbook-compiled-"));
  mkdirSync(path.join(folder, "v24", "nested"), { recursive: true });
  for (let i = 0; i < count; i++) {
    const file = path.join(folder, i % 2 ? "v24" : "v24/nested", `module-${i}`);
    writeFileSync(file, Buffer.alloc(1_000));
    utimesSync(file, 1_700_000_000 + i, 1_700_000_000 + i);
  }
  return folder;
}

const modules = (folder: string) =>
  readdirSync(folder, { recursive: true })
    .map((file) => Number(/module-(\d+)/.exec(String(file))?.[1] ?? NaN))
    .filter((number) => !Number.isNaN(number))
    .sort((a, b) => a - b);

test("a cache over its limit loses what was not used for longest, down to half", async () => {
  const folder = filled(10);
  await shrinkFolder(folder, 9_000);
  expect(modules(folder)).toEqual([6, 7, 8, 9]);
});

test("a cache below its limit stays; a folder that is not there is no error", async () => {
  const folder = filled(10);
  await shrinkFolder(folder, 10_000);
  expect(modules(folder)).toHaveLength(10);
  await shrinkFolder(path.join(folder, "missing"), 1);
});

test("the kernel's cache lies in the user's own folder", async () => {
  const caches = mkdtempSync(path.join(tmpdir(), "gradbook-caches-"));
  const kernel = await KernelSession.start(undefined, { XDG_CACHE_HOME: caches });
  expect((await kernel.run("1 + 1")).result).toBe("2");
  await kernel.stop();
  await delay(200);
  const files = readdirSync(path.join(caches, "gradbook", "compiled"), { recursive: true });
  expect(files.length).toBeGreaterThan(50);
});
