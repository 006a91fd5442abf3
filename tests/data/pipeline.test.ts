import { existsSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { exact } from "../../lib/data/dedup/exact.ts";
import { minhash } from "../../lib/data/dedup/minhash.ts";
import { gopherQuality } from "../../lib/data/filters/gopher-quality.ts";
import { fromDocuments } from "../../lib/data/from-documents.ts";
import { pipeline } from "../../lib/data/pipeline/pipeline.ts";
import { dropped, reportBundle, reportText } from "../../lib/data/pipeline/report-display.ts";
import { filter, map, type Sink, type StreamStep } from "../../lib/data/pipeline/step.ts";
import { read } from "../../lib/data/read/read.ts";
import { normalize } from "../../lib/data/text/normalize.ts";
import { writeJsonl } from "../../lib/data/write/jsonl.ts";
import { temporaryFolder } from "./temporary.ts";

const folder = temporaryFolder();

/** Different English sentences, enough for several chunks of a megabyte, every tenth text a duplicate. */
function corpus(count: number): string {
  const lines = Array.from({ length: count }, (_, i) => {
    const n = i % 10 === 9 ? i - 1 : i;
    // Letters only: numbers all count as the same word in deduplication.
    const name = (k: number) => [...String(n * 31 + k)].map((digit) => "abcdefghij"[Number(digit)]).join("");
    const text = Array.from(
      { length: 20 },
      (_, k) => `The ship ${name(k)} sailed to ${name(k + 7)} with the men.`,
    );
    return JSON.stringify({ id: `d${i}`, text: i % 7 === 0 ? "Too short." : text.join(" "), source: "made" });
  });
  return `${lines.join("\n")}\n`;
}

describe("pipeline", () => {
  it("keeps, changes, splits and drops documents, and says so", async () => {
    const steps = [
      map("shout", (document) =>
        document.id === "a" ? { ...document, text: document.text.toUpperCase() } : document,
      ),
      map("halve", (document) =>
        document.id === "b" ? ["b1", "b2"].map((id) => ({ ...document, id })) : document,
      ),
      filter("not c", ({ id }) => id !== "c"),
    ];
    const source = fromDocuments(["a", "b", "c"].map((id) => ({ id, text: `text ${id}`, metadata: {} })));
    const { documents, report } = await pipeline(source, ...steps).collect();
    expect(documents.map(({ id, text }) => [id, text])).toEqual([
      ["a", "TEXT A"],
      ["b1", "text b"],
      ["b2", "text b"],
    ]);
    expect(
      report.steps.map(({ documentsIn, documentsOut, changed }) => [documentsIn, documentsOut, changed]),
    ).toEqual([
      [0, 3, 0],
      [3, 3, 1],
      [3, 4, 1],
      [4, 3, 0],
    ]);
    expect(dropped(report, "not c")).toEqual([{ reason: "not c", id: "c", text: "text c" }]);
    expect(report.steps[1].changedSamples[0]).toMatchObject({ before: "text a", text: "TEXT A" });
    expect(reportText(report)).toContain("not c      4 → 3");
    expect(reportBundle(report)["text/html"]).toContain("<table>");
  });

  it("gives the same documents and counts for any number of workers", async () => {
    writeFileSync(folder("in.jsonl"), corpus(4000));
    const runs = [];
    for (const workers of [0, 1, 3]) {
      const report = await pipeline(
        read(folder("in.jsonl")),
        normalize(),
        gopherQuality(),
        minhash(),
        writeJsonl(folder(`out${workers}.jsonl`)),
      ).run({ workers });
      expect(report.workers).toBe(workers);
      const counts = report.steps.map(({ seconds: _, ...rest }) => rest);
      runs.push([readFileSync(folder(`out${workers}.jsonl`), "utf8"), counts]);
    }
    expect(runs[1]).toEqual(runs[0]);
    expect(runs[2]).toEqual(runs[0]);
    expect(runs[0][0].toString().split("\n").length).toBeGreaterThan(2500);
  });

  it("goes on after a stop and ends with what an uninterrupted run writes", async () => {
    writeFileSync(folder("restart.jsonl"), corpus(6000));
    const made = (out: string) =>
      pipeline(read(folder("restart.jsonl")), gopherQuality(), exact(), writeJsonl(folder(out)));
    await made("whole").run({ checkpoint: folder("cp-whole"), checkpointEvery: 2 });

    const controller = new AbortController();
    let chunks = 0;
    const stopped = made("parts").run({
      checkpoint: folder("cp"),
      checkpointEvery: 2,
      signal: controller.signal,
      onProgress: () => ++chunks === 3 && controller.abort(),
    });
    await expect(stopped).rejects.toThrow();
    expect(readdirSync(folder("parts")).some((file) => file.endsWith(".partial"))).toBe(false);
    const report = await made("parts").run({ checkpoint: folder("cp"), checkpointEvery: 2 });

    const content = (out: string) =>
      readdirSync(folder(out))
        .sort()
        .map((file) => readFileSync(folder(`${out}/${file}`), "utf8"))
        .join("");
    expect(content("parts")).toBe(content("whole"));
    expect(report.steps[0].documentsOut).toBe(6000);
    expect(report.finished).toBe(true);
  });

  it("refuses a checkpoint of another pipeline", async () => {
    writeFileSync(folder("few.jsonl"), corpus(10));
    const options = { checkpoint: folder("cp-other") };
    await pipeline(read(folder("few.jsonl")), exact(), writeJsonl(folder("o1"))).run(options);
    const other = pipeline(read(folder("few.jsonl")), gopherQuality(), writeJsonl(folder("o1")));
    await expect(other.run(options)).rejects.toThrow(/expected a checkpoint of this pipeline/);
  });

  it("hands dropped documents, with step and reason, to the excluded sink", async () => {
    const source = fromDocuments(["short"]);
    await pipeline(source, gopherQuality()).run({ excluded: writeJsonl(folder("dropped.jsonl")) });
    const [line] = readFileSync(folder("dropped.jsonl"), "utf8").trim().split("\n");
    expect(JSON.parse(line).dropped).toEqual({ step: "gopherQuality", reason: "gopher_short_doc", value: 1 });
  });

  it("runs stream steps, which see all documents", async () => {
    const reverse: StreamStep = {
      kind: "stream",
      name: "reverse",
      async *run(documents, dropped) {
        const all = [];
        for await (const document of documents) all.push(document);
        dropped(all.shift()!, "first");
        yield* all.reverse();
      },
    };
    const { documents, report } = await pipeline(fromDocuments(["a", "b", "c"]), reverse).collect();
    expect(documents.map(({ text }) => text)).toEqual(["c", "b"]);
    expect(report.steps[1]).toMatchObject({
      documentsIn: 3,
      documentsOut: 2,
      dropped: { first: { count: 1 } },
    });
  });

  it("names the step and the document when a step fails", async () => {
    const broken = map("broken", () => {
      throw new Error("boom");
    });
    await expect(pipeline(fromDocuments(["x"], "set"), broken).run()).rejects.toThrow(
      "pipeline step broken: failed at document set:1: boom",
    );
  });

  it("gives an empty file for an empty set", async () => {
    writeFileSync(folder("empty.jsonl"), "");
    const report = await pipeline(read(folder("empty.jsonl")), writeJsonl(folder("none.jsonl"))).run();
    expect(report.steps[0].documentsOut).toBe(0);
    expect(readFileSync(folder("none.jsonl"), "utf8")).toBe("");
  });

  it.skipIf(!existsSync("/dev/full"))("leaves no half-written file when the disk is full", async () => {
    symlinkSync("/dev/full", folder("full.jsonl.partial"));
    const run = pipeline(fromDocuments(["some text"]), writeJsonl(folder("full.jsonl"))).run();
    await expect(run).rejects.toThrow(/could not be written: the disk is full/);
    expect(readdirSync(folder()).filter((file) => file.startsWith("full"))).toEqual([]);
  });

  it("complains about parts in the wrong order", () => {
    const sink: Sink = writeJsonl(folder("x.jsonl"));
    expect(() => pipeline(fromDocuments([]), sink, exact())).toThrow(/one sink at the end/);
  });
});
