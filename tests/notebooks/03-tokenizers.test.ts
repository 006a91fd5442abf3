/** Notebook 03 as a reader runs it from the command line, with a small vocabulary. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { openShards } from "../../lib/batches/token-shards.ts";
import { loadTokenizer } from "../../lib/tokenizers/index.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const NOTEBOOK = join(ROOT, "notebooks/03-tokenizers.ipynb");

interface Cell {
  cell_type: string;
  source: string[];
  outputs?: { output_type: string; data?: Record<string, unknown> }[];
}

const cellsOf = (path: string): Cell[] => JSON.parse(readFileSync(path, "utf8")).cells;

test("notebook 03 is short: at most 30 cells of 15 lines, without outputs", () => {
  const cells = cellsOf(NOTEBOOK);
  expect(cells.length).toBeLessThanOrEqual(30);
  for (const { source, outputs } of cells.filter(({ cell_type }) => cell_type === "code")) {
    expect(source.length, source.join("")).toBeLessThanOrEqual(15);
    expect(outputs).toEqual([]);
  }
});

test("notebook 03 runs: its tokenizer compresses unseen chapters and writes the text back", () => {
  const out = mkdtempSync(join(tmpdir(), "gradbook-"));
  const args = [
    "studio/cli/gradbook.js",
    "run",
    NOTEBOOK,
    "-p",
    "vocabSize=512",
    "-p",
    `curated=${out}`,
    "-p",
    `output=${join(out, "tokens")}`,
    "--json",
    "--out",
    out,
  ];
  const [result] = JSON.parse(
    execFileSync(process.execPath, args, {
      cwd: ROOT,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "inherit"],
    }),
  );
  expect(result.ok).toBe(true);
  expect(result.records["round trip"]).toBe(true);
  expect(result.records["bytes per token"]).toBeGreaterThan(2);

  const tokenizer = loadTokenizer(join(out, "tokens/tokenizer.json"));
  const shards = openShards(join(out, "tokens/train"));
  expect(shards).toMatchObject({ vocabSize: 512, documents: 123 });
  expect(shards.length).toBe(result.records["train tokens"]);
  expect(tokenizer.decode(shards.read(0, 6))).toMatch(/^Call me/);
  shards.close();
  const outputs = cellsOf(join(out, "03-tokenizers.ipynb")).flatMap((cell) => cell.outputs ?? []);
  expect(outputs.some(({ output_type }) => output_type === "error")).toBe(false);
  expect(outputs.filter(({ data }) => data?.["application/vnd.plotly.v1+json"]).length).toBe(4);
});
