/** Notebooks 04 to 14 as a reader runs them from the command line, at their smallest size. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");

interface Cell {
  cell_type: string;
  source: string | string[];
  outputs?: { output_type: string; data?: Record<string, unknown> }[];
}

type Records = Record<string, number | string>;

const cellsOf = (path: string): Cell[] => JSON.parse(readFileSync(path, "utf8")).cells;
const sourceOf = ({ source }: Cell): string => (Array.isArray(source) ? source.join("") : source);

/** What must come out of each, beyond running without an error. */
const CHAPTERS: Record<string, (records: Records) => void> = {
  "04-attention-and-transformers": (records) => {
    expect(records["transformer remembers"]).toBeGreaterThan(0.9);
    expect(records["LSTM remembers"]).toBeLessThan(0.7);
  },
  "05-pre-training": (records) => {
    expect(records["bits per byte"]).toBeLessThan(records["gzip, bits per byte"] as number);
    expect(records["validation loss"]).toBeLessThan(5.6);
  },
  "06-masked-and-encoder-decoder": (records) => {
    expect(records["hidden tokens named"]).toBeGreaterThan(0.03);
    expect(records["loss of translations"]).toBeLessThan(5);
    expect(records["chrF of learned sentences"]).toBeGreaterThan(12);
  },
  "07-evaluation": (records) => {
    expect(records["bits per byte"]).toBeLessThan(records["bits per byte, short training"] as number);
    expect(records["calibration error"]).toBeLessThan(0.1);
    expect(records["rated higher"]).toBe("long");
  },
  "08-fine-tuning": (records) => {
    expect(records["right before"]).toBe(0);
    expect(records["right, LoRA"]).toBeGreaterThan(0.6);
    expect(records["right, all weights"]).toBeGreaterThan(0.6);
    expect(records["share of weights in the adapter"]).toBeLessThan(0.1);
  },
  "09-reviews": (records) => {
    expect(records.accuracy).toBeGreaterThan((records["accuracy, counting words"] as number) + 0.1);
    expect(records["area under the ROC curve"]).toBeGreaterThan(0.85);
    expect(records["stars of reviews asked to have one"]).toBeLessThan(2);
    expect(records["stars of reviews asked to have five"]).toBeGreaterThan(4);
  },
  "10-reward-model": (records) => {
    expect(records["judges agree"]).toBeGreaterThan(0.75);
    expect(records["held-out accuracy"]).toBeGreaterThanOrEqual(0.7);
    expect(records["held-out accuracy, true order"]).toBeGreaterThanOrEqual(0.75);
    expect(records["calibration error"]).toBeLessThan(0.2);
  },
  "11-ppo": (records) => {
    const start = records["reward at the start"] as number;
    expect(records["truth, best of n at its peak"]).toBeGreaterThan(records["truth, one answer"] as number);
    expect(records["reward, with a price"]).toBeGreaterThan(start + 0.3);
    expect(records["reward, without"]).toBeGreaterThan(start + 0.3);
    expect(records["KL, with a price"]).toBeLessThan(records["KL, without"] as number);
    expect(records["truth, with a price"]).toBeGreaterThan(records["truth at the start"] as number);
  },
  "12-dpo": (records) => {
    expect(records["margin of rewards"]).toBeGreaterThan(0.1);
    expect(records["accuracy on unseen pairs"]).toBeGreaterThan(0.6);
    expect(records["true score after"]).toBeGreaterThan((records["true score before"] as number) + 0.5);
    expect(records["true score, kto"]).toBeGreaterThan((records["true score before"] as number) + 0.2);
  },
  "13-reinforcement-fine-tuning": (records) => {
    expect(records["right, drawn, before"]).toBeLessThan(0.6);
    expect(records["right, drawn, after"]).toBeGreaterThanOrEqual(0.85);
    expect(records["unseen sums, after"]).toBeGreaterThan(records["unseen sums, before"] as number);
  },
  "14-reinforcement-learning": (records) => {
    expect(records["CartPole, mean of 100 games"]).toBeGreaterThanOrEqual(475);
    expect(records["tic-tac-toe games lost"]).toBe(0);
    expect(records["Connect Four, won of 28"]).toBeGreaterThan(14);
  },
};

describe.each(Object.entries(CHAPTERS))("notebook %s", (name, check) => {
  const notebook = join(ROOT, `notebooks/${name}.ipynb`);

  it("is short: at most 30 cells of 15 lines, without outputs", () => {
    const cells = cellsOf(notebook);
    expect(cells.length).toBeLessThanOrEqual(30);
    for (const cell of cells.filter(({ cell_type }) => cell_type === "code")) {
      expect(sourceOf(cell).split("\n").length, sourceOf(cell)).toBeLessThanOrEqual(15);
      expect(cell.outputs).toEqual([]);
    }
  });

  it("runs at nano and shows what it promises", () => {
    const out = mkdtempSync(join(tmpdir(), "gradbook-"));
    const cli = join(ROOT, "studio/cli/gradbook.js");
    const args = [cli, "run", notebook, "-p", "preset=nano", "--json", "--out", out];
    const [result] = JSON.parse(
      execFileSync(process.execPath, args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] }),
    );
    expect(result.ok).toBe(true);
    check(result.records);
    const outputs = cellsOf(join(out, `${name}.ipynb`)).flatMap((cell) => cell.outputs ?? []);
    expect(outputs.some(({ data }) => data && "application/vnd.plotly.v1+json" in data)).toBe(true);
    expect(outputs.some(({ output_type }) => output_type === "error")).toBe(false);
  });
});
