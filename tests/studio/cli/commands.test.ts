import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, expect, test } from "vitest";
import { codeCell, markdownCell } from "../../../studio/document/index.ts";
import { PIXEL } from "../report/sample.ts";
import { folderWith, gradbook } from "./gradbook.ts";

/** A Node that is not the one of the npm package, as a user's shell has it. */
const otherNode = (process.env.PATH ?? "")
  .split(delimiter)
  .filter((folder) => !folder.includes("node_modules"))
  .map((folder) => join(folder, "node"))
  .find((file) => existsSync(file));

const COMMANDS = [
  "lab",
  "run",
  "export",
  "convert",
  "diff",
  "clean",
  "check",
  "datasets",
  "curate",
  "kernel",
  "train",
  "generate",
  "eval",
  "doctor",
];

describe("gradbook", () => {
  test("without a command shows what there is", async () => {
    const { code, stdout } = await gradbook([]);
    expect(code).toBe(2);
    for (const command of COMMANDS) expect(stdout).toContain(`\n  ${command} `);
  });

  test.each(COMMANDS)("%s --help explains its options", async (command) => {
    const { code, stdout } = await gradbook([command, "--help"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^gradbook ${command}`));
    expect(stdout).toMatch(/Options:\n {2}/);
  });

  test("--version names the package and its Node", async () => {
    expect((await gradbook(["--version"])).stdout).toMatch(/^gradbook \d+\.\d+\.\d+ \(node 24\./);
  });

  test.skipIf(!otherNode)(
    "started by another Node hands over to its own, with streams and exit code",
    async () => {
      expect((await gradbook(["--version"], { node: otherNode })).stdout).toContain("(node 24.");
      expect(await gradbook(["rum"], { node: otherNode })).toMatchObject({ code: 2, stdout: "" });
    },
  );

  test.each([
    [["rum"], 'unknown command rum; did you mean "gradbook run"?'],
    [["frobnicate"], 'unknown command frobnicate; see "gradbook --help"'],
    [["run", "a.ipynb", "--reprot", "html"], "unknown option --reprot; did you mean --report?"],
    [["run", "a.ipynb", "-p", "rate"], "-p expects name=value, got rate"],
    [["run", "a.ipynb", "--timeout", "soon"], "--timeout expects a positive number of seconds, got soon"],
    [["run"], "expected a notebook"],
    [["kernel", "instal"], "expected install, uninstall, list, got instal; did you mean install?"],
    [["lab", "--port", "99999"], "--port expects a number from 0 to 65535, got 99999"],
    [["export", "a.ipynb", "--code", "some"], "--code expects show, fold, hide, got some"],
  ])("%j is answered with a sentence and exit code 2", async (words, sentence) => {
    const { code, stdout, stderr } = await gradbook(words);
    expect(stderr).toContain(`gradbook: ${sentence}`);
    expect(stderr).not.toContain("    at ");
    expect([code, stdout]).toEqual([2, ""]);
  });

  test("an unknown report format is refused before anything runs", async () => {
    const { code, stderr } = await gradbook(["run", "a.ipynb", "--report", "htm"]);
    expect(stderr).toBe(
      "gradbook: report format: expected html, pdf, md, script, got htm; did you mean html?\n",
    );
    expect(code).toBe(1);
  });

  test("a path that is not there is a failure, not a wrong command line", async () => {
    const { code, stderr } = await gradbook(["lab", "/nowhere/at-all"]);
    expect(code).toBe(1);
    expect(stderr).toContain(
      "expected a notebook or folder that exists, got /nowhere/at-all; check the path",
    );
  });
});

describe("gradbook convert", () => {
  test("to a script and back gives the same file", async () => {
    const folder = folderWith({ "a.ipynb": [markdownCell("# A"), codeCell("1 + 1", { tags: ["x"] })] });
    const before = readFileSync(join(folder, "a.ipynb"), "utf8");
    expect((await gradbook(["convert", "a.ipynb"], { cwd: folder })).code).toBe(0);
    const back = await gradbook(["convert", "a.ts", "--out", "b.ipynb"], { cwd: folder });
    expect(back.stdout).toBe("→ b.ipynb\n");
    expect(readFileSync(join(folder, "b.ipynb"), "utf8")).toBe(before);
  });

  test("replaces nothing unless told to", async () => {
    const folder = folderWith({ "a.ipynb": [codeCell("1")] });
    writeFileSync(join(folder, "a.ts"), "mine");
    const { code, stderr } = await gradbook(["convert", "a.ipynb"], { cwd: folder });
    expect(code).toBe(1);
    expect(stderr).toContain("expected a file that does not exist yet, got a.ts");
    expect(readFileSync(join(folder, "a.ts"), "utf8")).toBe("mine");
    expect((await gradbook(["convert", "a.ipynb", "--force"], { cwd: folder })).code).toBe(0);
    expect(readFileSync(join(folder, "a.ts"), "utf8")).toContain("// %%");
  });

  test("prints with --out -", async () => {
    const folder = folderWith({ "a.ipynb": [codeCell("1")] });
    expect((await gradbook(["convert", "a.ipynb", "-o", "-"], { cwd: folder })).stdout).toMatch(
      /\/\/ %% id=.*\n1\n$/,
    );
  });

  test("refuses other files by name", async () => {
    const { code, stderr } = await gradbook(["convert", "a.md"]);
    expect([code, stderr]).toEqual([1, expect.stringContaining("expected a file ending in .ipynb, .ts")]);
  });
});

describe("gradbook export", () => {
  test("writes the reports that were asked for and says where", async () => {
    const folder = folderWith({ "a.ipynb": [markdownCell("# A")] });
    const { code, stdout } = await gradbook(["export", "a.ipynb", "-f", "html", "-f", "md", "--json"], {
      cwd: folder,
    });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual([join("reports", "a.html"), join("reports", "a.md")]);
    expect(readFileSync(join(folder, "reports/a.md"), "utf8")).toBe("# A\n");
  });

  test("puts the pictures of a Markdown report beside it", async () => {
    const output = {
      output_type: "display_data" as const,
      data: { "image/png": PIXEL, "text/plain": "dot" },
      metadata: {},
    };
    const folder = folderWith({ "a b.ipynb": [{ ...codeCell("dot()"), outputs: [output] }] });
    await gradbook(["export", "a b.ipynb", "-f", "md"], { cwd: folder });
    expect(readFileSync(join(folder, "reports/a b.md"), "utf8")).toContain("![dot](a%20b_files/1.png)");
    expect(readFileSync(join(folder, "reports/a b_files/1.png")).toString("base64")).toBe(PIXEL);
  });

  test("says in one line what the file system refuses", async () => {
    const folder = folderWith({ "a.ipynb": [codeCell("1")] });
    writeFileSync(join(folder, "taken"), "a file, not a folder");
    const { code, stderr } = await gradbook(["export", "a.ipynb", "--out", "taken"], { cwd: folder });
    expect(stderr).toMatch(/^gradbook: E\w+: [^\n]*taken'\n$/);
    expect(code).toBe(1);
  });

  test("refuses a file that is no notebook", async () => {
    const folder = folderWith({});
    writeFileSync(join(folder, "a.ipynb"), "{");
    const { code, stderr } = await gradbook(["export", "a.ipynb"], { cwd: folder });
    expect(code).toBe(1);
    expect(stderr).toContain("gradbook: a.ipynb: expected JSON");
    expect(existsSync(join(folder, "reports/a.html"))).toBe(false);
  });
});

describe("gradbook kernel", () => {
  test("installs into a prefix, is listed, and is removed again", async () => {
    const prefix = folderWith({});
    const file = join(prefix, "share/jupyter/kernels/gradbook/kernel.json");
    expect((await gradbook(["kernel", "install", "--prefix", prefix])).stdout).toContain(prefix);
    expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ language: "typescript" });
    expect((await gradbook(["kernel", "uninstall", "--prefix", prefix])).stdout).toBe("uninstalled\n");
    expect(existsSync(file)).toBe(false);
    expect((await gradbook(["kernel", "uninstall", "--prefix", prefix])).stdout).toBe(
      "it was not installed there\n",
    );
  });

  test("list as JSON has the built-in kernel first", async () => {
    const [first] = JSON.parse((await gradbook(["kernel", "list", "--json"])).stdout);
    expect(first).toMatchObject({ name: "gradbook", language: "typescript" });
  });
});

describe("gradbook doctor", () => {
  test("starts a kernel, multiplies matrices, and finds nothing broken here", async () => {
    const { code, stdout } = await gradbook(["doctor", "--json"]);
    const findings = JSON.parse(stdout) as { name: string; state: string; detail: string }[];
    expect(findings.filter(({ state }) => state === "failed")).toEqual([]);
    expect(findings.find(({ name }) => name === "kernel")?.detail).toMatch(/answers after \d+ ms/);
    expect(findings.find(({ name }) => name === "engine")?.detail).toMatch(
      /multiplies matrices at \d+ GFLOP\/s/,
    );
    expect(code).toBe(0);
  });
});
