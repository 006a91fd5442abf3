/** Notebook 02 as a reader runs it from the command line, on few documents. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { openShards } from "../../lib/batches/token-shards.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const NOTEBOOK = join(ROOT, "notebooks/02-data-curation.ipynb");

/** Node's fetch then asks a proxy that is not there. */
const OFFLINE = {
  NODE_USE_ENV_PROXY: "1",
  HTTP_PROXY: "http://127.0.0.1:9",
  HTTPS_PROXY: "http://127.0.0.1:9",
  NO_PROXY: "",
};

interface Cell {
  cell_type: string;
  source: string[];
  outputs?: { output_type: string; data?: Record<string, unknown> }[];
}

const cellsOf = (path: string): Cell[] => JSON.parse(readFileSync(path, "utf8")).cells;

describe("notebook 02", () => {
  it("is short: at most 30 cells of 15 lines, without outputs", () => {
    const cells = cellsOf(NOTEBOOK);
    expect(cells.length).toBeLessThanOrEqual(30);
    for (const { source, outputs } of cells.filter(({ cell_type }) => cell_type === "code")) {
      expect(source.length, source.join("")).toBeLessThanOrEqual(15);
      expect(outputs).toEqual([]);
    }
  });

  it("curates, drops the planted leak, and writes shards that read back", () => {
    const out = mkdtempSync(join(tmpdir(), "gradbook-"));
    const cli = join(ROOT, "studio/cli/gradbook.js");
    const shards = join(out, "shards");
    const args = [
      cli,
      "run",
      NOTEBOOK,
      "-p",
      "documents=60",
      "-p",
      `output=${shards}`,
      "--json",
      "--out",
      out,
    ];
    // Neither downloads nor packages: what every checkout has.
    const env = {
      ...process.env,
      GRADBOOK_DATA_PACKAGES: "",
      GRADBOOK_CACHE: join(out, "cache"),
      ...OFFLINE,
    };
    const [{ ok, records }] = JSON.parse(
      execFileSync(process.execPath, args, { encoding: "utf8", env, stdio: ["ignore", "pipe", "inherit"] }),
    );
    expect(ok).toBe(true);
    // 136 chapters and 60 READMEs; nearly all chapters are good prose and most READMEs are not.
    expect(records["documents read"]).toBe(196);
    expect(records["documents kept"]).toBeGreaterThan(90);
    expect(records["documents kept"]).toBeLessThan(150);
    expect(records["similarity of the edited chapter"]).toBeGreaterThan(0.8);
    expect(records["accuracy of the classifier"]).toBeGreaterThan(0.95);
    expect(records["documents that contain the question"]).toBe(1);
    expect(records["training tokens"]).toBeGreaterThan(150_000);
    expect(records["texts to review"]).toBeGreaterThan(20);

    for (const part of ["train", "validation"]) {
      const set = openShards(join(shards, part));
      const lines = readFileSync(join(shards, `${part}.jsonl`), "utf8")
        .trim()
        .split("\n");
      expect(set.documents).toBe(lines.length);
      set.close();
    }
    expect(readFileSync(join(shards, "review.jsonl"), "utf8")).toContain('"verdict":null');

    const outputs = cellsOf(join(out, "02-data-curation.ipynb")).flatMap((cell) => cell.outputs ?? []);
    const html = outputs.map(({ data }) => String(data?.["text/html"] ?? "")).join("");
    expect(html).toContain("dropped because");
    expect(html).toContain("gopher_below_alpha_threshold");
  });
});
