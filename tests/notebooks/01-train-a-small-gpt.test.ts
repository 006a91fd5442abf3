/** Notebook 01 as a reader runs it from the command line, at its smallest size. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");
const NOTEBOOK = join(ROOT, "notebooks/01-train-a-small-gpt.ipynb");

interface Cell {
  cell_type: string;
  source: string | string[];
  outputs?: { output_type: string; data?: Record<string, unknown> }[];
}

const cellsOf = (path: string): Cell[] => JSON.parse(readFileSync(path, "utf8")).cells;
const sourceOf = ({ source }: Cell): string => (Array.isArray(source) ? source.join("") : source);

describe("notebook 01", () => {
  it("is short: at most 30 cells of 15 lines, without outputs", () => {
    const cells = cellsOf(NOTEBOOK);
    expect(cells.length).toBeLessThanOrEqual(30);
    for (const cell of cells.filter(({ cell_type }) => cell_type === "code")) {
      expect(sourceOf(cell).split("\n").length, sourceOf(cell)).toBeLessThanOrEqual(15);
      expect(cell.outputs).toEqual([]);
    }
  });

  it("trains at nano, and what it loads again is what it saved", () => {
    const out = mkdtempSync(join(tmpdir(), "gradbook-"));
    const cli = join(ROOT, "studio/cli/gradbook.js");
    const args = [cli, "run", NOTEBOOK, "-p", "preset=nano", "-p", "steps=300", "--json", "--out", out];
    const [result] = JSON.parse(
      execFileSync(process.execPath, args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] }),
    );
    expect(result.ok).toBe(true);
    // Single characters by their frequency alone would cost 3.0; untrained it is ln 80 ≈ 4.4.
    expect(result.records["validation loss"]).toBeLessThan(2.6);
    expect(result.records["the loaded model writes the same"]).toBe(true);
    expect(result.records["validation loss after more steps"]).toBeLessThan(
      result.records["validation loss"] + 0.05,
    );

    const outputs = cellsOf(join(out, "01-train-a-small-gpt.ipynb")).flatMap((cell) => cell.outputs ?? []);
    const kinds = new Set(outputs.flatMap(({ data }) => Object.keys(data ?? {})));
    for (const kind of [
      "application/vnd.plotly.v1+json",
      "application/vnd.gradbook.record+json",
      "text/html",
    ])
      expect(kinds).toContain(kind);
    expect(outputs.some(({ output_type }) => output_type === "error")).toBe(false);
  });
});
