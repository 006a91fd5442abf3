import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseHTML } from "linkedom";
import { describe, expect, test } from "vitest";
import { planRuns } from "../../../studio/cli/sweep.ts";
import { codeCell } from "../../../studio/document/index.ts";
import { folderWith, gradbook } from "./gradbook.ts";

describe("the runs that -p asks for", () => {
  test("are one without commas", () => {
    expect(planRuns([])).toEqual([{ parameters: {}, label: "" }]);
    expect(planRuns(["a=1", "b=x=y"])).toEqual([{ parameters: { a: "1", b: "x=y" }, label: "" }]);
  });

  test("are one per value, and every combination of two sweeps", () => {
    expect(planRuns(["a=1,2", "b=x", "c=u,v"]).map(({ parameters, label }) => [parameters, label])).toEqual([
      [{ a: "1", b: "x", c: "u" }, "a=1 c=u"],
      [{ a: "1", b: "x", c: "v" }, "a=1 c=v"],
      [{ a: "2", b: "x", c: "u" }, "a=2 c=u"],
      [{ a: "2", b: "x", c: "v" }, "a=2 c=v"],
    ]);
  });

  test.each([
    ["a=[1,2]", "[1,2]"],
    ["a=Call me, Ishmael", "Call me, Ishmael"],
    ['a="x,y"', "x,y"],
    ["a=1,", "1,"],
    ["a=", ""],
  ])("take %s as one value", (word, value) => {
    expect(planRuns([word])).toEqual([{ parameters: { a: value }, label: "" }]);
  });

  test("are refused for a word without a name and a name given twice", () => {
    expect(() => planRuns(["rate"])).toThrow("-p expects name=value, got rate");
    expect(() => planRuns(["a=1", "a=2"])).toThrow("-p a was given twice; for several values write a=A,B");
  });
});

describe("a sweep", () => {
  test("runs each value and compares them, failed ones included", async () => {
    const folder = folderWith({
      "a.ipynb": [
        codeCell("const rate = 1;", { tags: ["parameters"] }),
        codeCell('import { record } from "gradbook/notebook";\nrecord("half", rate / 2);'),
        codeCell('if (rate > 20) throw new Error("too fast");'),
      ],
    });
    const { code, stdout } = await gradbook(["run", "a.ipynb", "-p", "rate=3,10,30"], { cwd: folder });
    expect(code).toBe(1);
    expect(stdout).toMatch(/a\.ipynb {2}rate=10\nhalf = 5\n→ reports\/a\.rate=10\.ipynb\n/);
    expect(stdout).toMatch(/a\.ipynb {2}rate=30 {2}failed\n/);
    const { document } = parseHTML(readFileSync(join(folder, "reports/a.comparison.html"), "utf8"));
    const rows = [...document.querySelectorAll("tbody tr")].map((row) =>
      [...row.children].map((cell) => cell.textContent),
    );
    expect(rows.map(([rate, half, , state]) => [rate, half, state])).toEqual([
      ["3", "1.5", "open"],
      ["10", "5", "open"],
      ["30", "15", "failed"],
    ]);
    const links = [...document.querySelectorAll("tbody a")].map((link) =>
      decodeURI(link.getAttribute("href")!),
    );
    expect(links.map((link) => existsSync(join(folder, "reports", link)))).toEqual([true, true, true]);
    const trend = JSON.parse(document.querySelector("figure.chart script")!.textContent!);
    expect(trend.data[0]).toMatchObject({ x: [3, 10, 30], y: [1.5, 5, 15] });
    expect(trend.layout.xaxis.type).toBe("log");
  });
});
