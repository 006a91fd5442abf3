import { mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { isAsLeft, keepIfDamaged, rememberWhole } from "../../../studio/server/contents/damaged.ts";

const WHOLE = JSON.stringify({ cells: [], metadata: {}, nbformat: 4, nbformat_minor: 5 });

test("a file as the server left it is not read again; what others wrote since then is kept aside when damaged", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "gradbook-damaged-"));
  const file = path.join(folder, "a.ipynb");
  writeFileSync(file, WHOLE);
  expect(isAsLeft(file)).toBe(false);
  rememberWhole(file);
  expect(isAsLeft(file)).toBe(true);
  writeFileSync(file, WHOLE.replace("}", "]")); // Of the same length.
  expect(isAsLeft(file)).toBe(false);
  keepIfDamaged(file);
  expect(readdirSync(folder).sort()).toEqual(["a.ipynb", "a.ipynb.damaged"]);
});

test("a file that is not there is nobody's", () => {
  expect(isAsLeft(path.join(tmpdir(), "gradbook-no-such.ipynb"))).toBe(false);
});
