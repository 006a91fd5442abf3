import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { codeCell, readNotebook, writeNotebook, type Cell } from "../../../studio/document/index.ts";
import { folderWith, gradbook, PROGRAM } from "./gradbook.ts";

const printed: Cell = {
  ...codeCell("console.log(1)"),
  execution_count: 1,
  outputs: [{ output_type: "stream", name: "stdout", text: "1\n" }],
};

describe("gradbook clean", () => {
  test("--check names notebooks with outputs; without it they are removed", async () => {
    const folder = folderWith({ "a.ipynb": [printed], "b.ipynb": [codeCell("1")] });
    const words = ["clean", "a.ipynb", "b.ipynb"];
    expect(await gradbook([...words, "--check"], { cwd: folder })).toMatchObject({
      code: 1,
      stdout: "not clean  a.ipynb\n",
    });
    expect(await gradbook(words, { cwd: folder })).toMatchObject({ code: 0, stdout: "cleaned  a.ipynb\n" });
    expect(readNotebook(join(folder, "a.ipynb")).cells[0]).toMatchObject({
      outputs: [],
      execution_count: null,
    });
    expect((await gradbook([...words, "--check"], { cwd: folder })).code).toBe(0);
  });

  test("as git's filter keeps outputs out of commits and in the working file", () => {
    const folder = folderWith({ "a.ipynb": [printed] });
    const git = (...words: string[]) => execFileSync("git", words, { cwd: folder, encoding: "utf8" });
    git("init", "-q");
    git("config", "filter.gradbook.clean", `"${process.execPath}" "${PROGRAM}" clean`);
    execFileSync("sh", ["-c", "echo '*.ipynb filter=gradbook' > .gitattributes"], { cwd: folder });
    git("add", ".");
    expect(git("show", ":a.ipynb")).not.toContain("stdout");
    expect(readFileSync(join(folder, "a.ipynb"), "utf8")).toContain("stdout");
  });
});

describe("gradbook diff", () => {
  test("shows what changed and says so in its exit code", async () => {
    const cell = codeCell("const a = 1;\na");
    const folder = folderWith({ "a.ipynb": [cell], "b.ipynb": [{ ...cell, source: "const a = 2;\na" }] });
    expect(await gradbook(["diff", "a.ipynb", "b.ipynb"], { cwd: folder })).toMatchObject({
      code: 1,
      stdout: "--- a.ipynb\n+++ b.ipynb\n\nchanged code cell 1\n- const a = 1;\n+ const a = 2;\n  a\n",
    });
    expect(await gradbook(["diff", "a.ipynb", "a.ipynb"], { cwd: folder })).toMatchObject({
      code: 0,
      stdout: "",
    });
  });
});

describe("gradbook check", () => {
  test("finds type and syntax errors with their place, and knows earlier cells", async () => {
    const folder = folderWith({
      "good.ipynb": [
        codeCell('import { random } from "gradbook/core";\nconst n: number = 1;'),
        codeCell("random(n).uniform().toFixed(2)"),
      ],
      "bad.ipynb": [codeCell("const n = 1;"), codeCell("n.nope();\nmissing"), codeCell("const = 3")],
    });
    const { code, stdout } = await gradbook(["check", "good.ipynb", "bad.ipynb"], { cwd: folder });
    expect(code).toBe(1);
    expect(stdout.split("\n")).toEqual([
      "✓ good.ipynb",
      "✗ bad.ipynb: cell 2:1:3 type error: Property 'nope' does not exist on type '1'. (TS2339)",
      "✗ bad.ipynb: cell 2:2:1 type error: Cannot find name 'missing'. (TS2304)",
      expect.stringContaining("✗ bad.ipynb: cell 3: SyntaxError: Variable declaration expected."),
      "",
    ]);
  });

  test("leaves notebooks of other languages out and says so", async () => {
    const folder = folderWith({ "a.ipynb": [codeCell("x = ")] });
    const notebook = readNotebook(join(folder, "a.ipynb"));
    notebook.metadata = { language_info: { name: "python" } };
    writeNotebook(join(folder, "a.ipynb"), notebook);
    const { code, stderr } = await gradbook(["check", "a.ipynb"], { cwd: folder });
    expect([code, stderr]).toEqual([0, "a.ipynb: left out, its cells are python\n"]);
  });
});
