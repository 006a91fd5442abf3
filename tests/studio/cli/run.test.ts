import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { codeCell, isCodeCell, readNotebook, type Cell } from "../../../studio/document/index.ts";
import { folderWith, gradbook } from "./gradbook.ts";

const PARAMETERS: Cell[] = [
  codeCell("const steps = 3;", { tags: ["parameters"] }),
  codeCell(`import { param, record } from "gradbook/notebook";
import { number } from "gradbook/core";
const rate = param("rate", number({ default: 0.5, min: 0, max: 1, description: "How far." }));`),
  codeCell(`console.log("working in", process.cwd());
record("product", steps * rate);`),
];

describe("gradbook run", () => {
  test("executes in the notebook's folder, writes copy and report, prints what was recorded", async () => {
    const folder = folderWith({ "a.ipynb": PARAMETERS });
    const before = readFileSync(join(folder, "a.ipynb"), "utf8");
    const { code, stdout, stderr } = await gradbook(["run", "a.ipynb", "--report", "html"], { cwd: folder });
    expect(stdout).toBe(`product = 1.5\n→ ${join("reports", "a.ipynb")}\n→ ${join("reports", "a.html")}\n`);
    expect(stderr).toMatch(/\[3\/3\] console\.log.* s\ndone after .* s\n$/);
    expect(code).toBe(0);
    expect(readFileSync(join(folder, "a.ipynb"), "utf8")).toBe(before);
    const executed = readNotebook(join(folder, "reports/a.ipynb")).cells.filter(isCodeCell);
    expect(executed.map((cell) => cell.execution_count)).toEqual([1, 2, 3]);
    expect(executed[2].outputs[0]).toMatchObject({ text: `working in ${folder}\n` });
    expect(readFileSync(join(folder, "reports/a.html"), "utf8")).toContain("<dd>1.5</dd>");
  });

  test("sets parameters of both kinds, and shows them in the executed copy", async () => {
    const folder = folderWith({ "a.ipynb": PARAMETERS });
    const words = ["run", "a.ipynb", "-p", "rate=0.25", "-p", "steps=8", "--json", "--out", "elsewhere"];
    const { code, stdout } = await gradbook(words, { cwd: folder });
    expect(JSON.parse(stdout)).toMatchObject([
      {
        ok: true,
        records: { product: 2 },
        parameters: { rate: "0.25", steps: "8" },
        files: ["elsewhere/a.ipynb"],
      },
    ]);
    expect(code).toBe(0);
    const injected = readNotebook(join(folder, "elsewhere/a.ipynb")).cells[1];
    expect(injected).toMatchObject({
      source: "// Parameters\nlet steps = 8;",
      metadata: { tags: ["injected-parameters"] },
    });
  });

  test("refuses an unknown parameter before anything runs", async () => {
    const folder = folderWith({ "a.ipynb": PARAMETERS });
    const { code, stderr } = await gradbook(["run", "a.ipynb", "-p", "rat=1"], { cwd: folder });
    expect(stderr).toBe(
      "gradbook: a.ipynb: expected one of the parameters rate, steps, got rat; did you mean rate?\n",
    );
    expect([code, existsSync(join(folder, "reports"))]).toEqual([1, false]);
  });

  test("says the range when a value is out of it", async () => {
    const folder = folderWith({ "a.ipynb": PARAMETERS });
    const { code, stderr } = await gradbook(["run", "a.ipynb", "-p", "rate=7"], { cwd: folder });
    expect(stderr).toContain("param rate: expected rate to be a number from 0 to 1, got 7");
    expect(code).toBe(1);
  });

  test("of a failing cell shows the error and its place, stops there, and still writes what was done", async () => {
    const cells = [
      codeCell('console.log("before")'),
      codeCell('const x = 1;\nthrow new Error("boom");'),
      codeCell("3"),
    ];
    const folder = folderWith({ "a.ipynb": cells });
    const { code, stdout, stderr } = await gradbook(["run", "a.ipynb", "--report", "html", "--json"], {
      cwd: folder,
    });
    expect(code).toBe(1);
    expect(stderr).toContain("a.ipynb: cell 2 [2] failed");
    expect(stderr).toContain("Error: boom");
    expect(stderr).toContain('> 2 throw new Error("boom");');
    expect(JSON.parse(stdout)[0]).toMatchObject({
      ok: false,
      error: { cell: 2, name: "Error", message: "boom" },
    });
    const [first, , third] = readNotebook(join(folder, "reports/a.ipynb")).cells.filter(isCodeCell);
    expect(first.outputs).toMatchObject([{ text: "before\n" }]);
    expect(third.execution_count).toBeNull();
    expect(readFileSync(join(folder, "reports/a.html"), "utf8")).toContain('<pre class="text error"');
  });

  test("goes on after a cell that may fail, and leaves out a cell that is not to run", async () => {
    const cells = [
      codeCell('throw new Error("expected")', { tags: ["raises-exception"] }),
      codeCell('throw new Error("never")', { tags: ["skip-execution"] }),
      codeCell("globalThis.reached = true"),
    ];
    const folder = folderWith({ "a.ipynb": cells });
    const { code } = await gradbook(["run", "a.ipynb"], { cwd: folder });
    expect(code).toBe(0);
    const executed = readNotebook(join(folder, "reports/a.ipynb")).cells.filter(isCodeCell);
    expect(executed.map((cell) => cell.execution_count)).toEqual([1, null, 2]);
  });

  test("stops a cell that takes too long and says so", async () => {
    const folder = folderWith({ "a.ipynb": [codeCell('console.log("on"); await new Promise(() => {});')] });
    const { code, stderr } = await gradbook(["run", "a.ipynb", "--timeout", "1"], { cwd: folder });
    expect(code).toBe(1);
    expect(stderr).toContain("Timeout: the cell took longer than 1 s; give it more with --timeout");
    expect(readFileSync(join(folder, "reports/a.ipynb"), "utf8")).toContain("on\\n");
  });

  test("survives a kernel that dies, and keeps what was there", async () => {
    const cells = [codeCell('console.log("before")'), codeCell('process.kill(process.pid, "SIGKILL")')];
    const folder = folderWith({ "a.ipynb": cells });
    const { code, stderr } = await gradbook(["run", "a.ipynb"], { cwd: folder });
    expect(code).toBe(1);
    expect(stderr).toMatch(/cell 2.* failed[\s\S]*the kernel died/);
    expect(readFileSync(join(folder, "reports/a.ipynb"), "utf8")).toContain("before\\n");
  });

  test("refuses a kernel that is not installed, naming those that are", async () => {
    const folder = folderWith({ "a.ipynb": [codeCell("1")] });
    const { code, stderr } = await gradbook(["run", "a.ipynb", "--kernel", "gradbok"], { cwd: folder });
    expect(stderr).toMatch(
      /kernel: expected one that is installed \(gradbook.*\), got gradbok; did you mean --kernel gradbook\?/,
    );
    expect(code).toBe(1);
  });

  test("does not write over the notebook itself", async () => {
    const folder = folderWith({ "a.ipynb": [codeCell("1")] });
    const { code, stderr } = await gradbook(["run", "a.ipynb", "--out", "."], { cwd: folder });
    expect(stderr).toContain("--out: expected a folder other than the notebook's");
    expect(code).toBe(1);
  });

  test("stopped by Ctrl+C writes what was done", async () => {
    const folder = folderWith({
      "a.ipynb": [codeCell('console.log("first")'), codeCell("await new Promise(() => {});")],
    });
    const program = fileURLToPath(new URL("../../../studio/cli/gradbook.js", import.meta.url));
    const child = spawn(process.execPath, [program, "run", "a.ipynb"], {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stderr = "";
    child.stderr.on("data", (text) => {
      stderr += text;
      // The first cell is done, so the second one is running.
      if (String(text).includes("[1/2]")) setTimeout(() => child.kill("SIGINT"), 300);
    });
    const code = await new Promise((resolve) => child.on("exit", resolve));
    expect(stderr).toContain("stopping; press Ctrl+C again to leave at once");
    expect(stderr).toContain("a.ipynb: cell 2 [2] failed");
    expect(code).toBe(1);
    expect(readFileSync(join(folder, "reports/a.ipynb"), "utf8")).toContain("first\\n");
  });
});
