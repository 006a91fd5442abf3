/** Input that was made to break readers and writers, or arrived broken. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { shardWriter } from "../../lib/batches/token-shards.ts";
import { exact } from "../../lib/data/dedup/exact.ts";
import { minhash } from "../../lib/data/dedup/minhash.ts";
import { uniqueIds } from "../../lib/data/dedup/unique-ids.ts";
import type { Document, Problem } from "../../lib/data/document.ts";
import { c4 } from "../../lib/data/filters/c4.ts";
import { fineweb } from "../../lib/data/filters/fineweb.ts";
import { gopherQuality } from "../../lib/data/filters/gopher-quality.ts";
import { gopherRepetition } from "../../lib/data/filters/gopher-repetition.ts";
import { fromDocuments } from "../../lib/data/from-documents.ts";
import { html } from "../../lib/data/html/html.ts";
import { pii } from "../../lib/data/pii/mask.ts";
import { pipeline } from "../../lib/data/pipeline/pipeline.ts";
import { map } from "../../lib/data/pipeline/step.ts";
import { lineBlocks } from "../../lib/data/read/line-blocks.ts";
import { read, readDocuments } from "../../lib/data/read/read.ts";
import { normalize } from "../../lib/data/text/normalize.ts";
import { repair } from "../../lib/data/text/repair.ts";
import { writeJsonl } from "../../lib/data/write/jsonl.ts";
import { writeCsv, writeParquet } from "../../lib/data/write/table.ts";
import { temporaryFolder } from "./temporary.ts";

const folder = temporaryFolder();

async function readAll(name: string): Promise<{ texts: string[]; problems: Problem[] }> {
  const [texts, problems]: [string[], Problem[]] = [[], []];
  const onProblem = (problem: Problem) => problems.push(problem);
  for await (const { text } of readDocuments(folder(name), { onProblem })) texts.push(text);
  return { texts, problems };
}

describe("ids that come twice", () => {
  const documents = ["a", "b", "a", "a", "a~2"].map((id, i): Document => ({
    id,
    text: ["one whale", "two ships", "three men", "four seas", "five boats"][i],
    metadata: {},
  }));

  it("lose no document on the way", async () => {
    const { documents: out, report } = await pipeline(fromDocuments(documents), exact(), minhash()).collect();
    expect(out).toEqual(documents);
    expect(report.steps[0].documentsOut).toBe(5);
  });

  it("become unique, or go", async () => {
    const renamed = await pipeline(fromDocuments(documents), uniqueIds()).collect();
    const ids = renamed.documents.map(({ id }) => id);
    expect(ids.slice(0, 4)).toEqual(["a", "b", "a~2", "a~3"]);
    expect(new Set(ids).size).toBe(5);
    expect(renamed.documents.map(({ text }) => text)).toEqual(documents.map(({ text }) => text));
    const { documents: kept, report } = await pipeline(
      fromDocuments(documents),
      uniqueIds({ repeated: "drop" }),
    ).collect();
    expect(kept.map(({ text }) => text)).toEqual(["one whale", "two ships", "five boats"]);
    expect(report.steps[1].dropped.duplicate_id.count).toBe(2);
  });
});

describe("sets with nothing in them", () => {
  it("go through every step and writer", async () => {
    writeFileSync(folder("empty.jsonl"), "");
    writeFileSync(folder("blank.jsonl"), "\n\n  \n");
    for (const [source, out] of [
      ["empty.jsonl", writeCsv(folder("e.csv"))],
      ["empty.jsonl", writeJsonl(folder("e.jsonl.gz"))],
      ["empty.jsonl", writeParquet(folder("e.parquet"))],
    ] as const) {
      const steps = [repair(), normalize(), gopherRepetition(), gopherQuality(), exact(), minhash()];
      const report = await pipeline(read(folder(source)), ...steps, out).run();
      expect(report.steps.map(({ documentsOut }) => documentsOut)).toEqual(Array(7).fill(0));
    }
    expect(await readAll("e.csv")).toEqual({ texts: [], problems: [] });
    expect(await readAll("e.jsonl.gz")).toEqual({ texts: [], problems: [] });
    expect(await readAll("e.parquet")).toEqual({ texts: [], problems: [] });
    expect((await readAll("blank.jsonl")).texts).toEqual([]);
  });
});

describe("texts that are hardly texts", () => {
  const texts = [
    "",
    " ",
    "\0",
    "\0".repeat(1000),
    "\ud800",
    "\u202e\ufeff",
    "a".repeat(200_000),
    "<".repeat(50_000),
    "😀".repeat(500),
  ];

  it("pass or drop, but stop no step", async () => {
    const steps = [
      repair(),
      normalize(),
      html(),
      gopherRepetition(),
      gopherQuality(),
      c4(),
      fineweb(),
      pii(),
    ];
    for (const step of steps) {
      const report = await pipeline(fromDocuments(texts), step).run();
      const [, { documentsIn, documentsOut, dropped }] = report.steps;
      const gone = Object.values(dropped).reduce((sum, { count }) => sum + count, 0);
      expect([documentsIn, documentsOut + gone], step.name).toEqual([texts.length, texts.length]);
    }
  });
});

describe("lines of 100 MB", () => {
  it("are counted, not kept", async () => {
    const block = Buffer.alloc(2 ** 20, "x");
    let most = 0;
    async function* stream(): AsyncGenerator<Buffer> {
      yield Buffer.from('{"text":"before"}\n{"text":"');
      for (let i = 0; i < 100; i++) {
        yield block;
        most = Math.max(most, process.memoryUsage().arrayBuffers);
      }
      yield Buffer.from('"}\n{"text":"after"}\n');
    }
    const before = process.memoryUsage().arrayBuffers;
    const seen: string[] = [];
    for await (const part of lineBlocks(stream()))
      seen.push(
        "tooLongLine" in part
          ? `line ${part.tooLongLine}: ${part.bytes}`
          : Buffer.from(part.bytes).toString(),
      );
    expect(seen).toEqual(['{"text":"before"}\n', `line 2: ${100 * 2 ** 20 + 11}`, '{"text":"after"}\n']);
    // 16 MiB is the longest line that is kept; the rest is room for garbage.
    expect(most - before).toBeLessThan(64 * 2 ** 20);
  });
});

describe("bytes that do not belong", () => {
  it("NUL in a line of JSON is invalid, escaped it is text", async () => {
    writeFileSync(folder("nul.jsonl"), '{"text":"a\0b"}\n{"text":"a\\u0000b"}\n\0\0\0\n{"text":"c"}\n');
    const { texts, problems } = await readAll("nul.jsonl");
    expect(texts).toEqual(["a\0b", "c"]);
    expect(problems.map(({ where, reason }) => [where.split(":").at(-1), reason])).toEqual([
      ["1", "invalid JSON"],
      ["3", "invalid JSON"],
    ]);
  });

  it("a page whose declared charset is wrong is read by its bytes where they are UTF-8", async () => {
    mkdirSync(folder("pages"));
    writeFileSync(folder("pages/a.html"), '<meta charset="iso-8859-1"><p>gr\u00fc\u00dfe</p>');
    writeFileSync(folder("pages/b.html"), Buffer.from('<meta charset="utf-8"><p>gr\xfc\xdfe</p>', "latin1"));
    writeFileSync(folder("pages/c.html"), '<meta charset="no-such-charset"><p>caf\u00e9</p>');
    const { texts, problems } = await readAll("pages");
    expect(texts.map((text) => /<p>(.*)<\/p>/.exec(text)![1])).toEqual(["grüße", "grüße", "café"]);
    expect(problems).toEqual([]);
  });

  it("a strict run stops at each kind of them", async () => {
    writeFileSync(folder("strict.csv"), "id,text\n1\n");
    writeFileSync(folder("strict.jsonl.gz"), gzipSync('{"text":"a"}\n'.repeat(5000)).subarray(0, 60));
    writeFileSync(folder("strict.parquet"), "PAR1");
    writeFileSync(folder("strict.warc"), "garbage\r\n\r\n");
    for (const name of ["nul.jsonl", "strict.csv", "strict.jsonl.gz", "strict.parquet", "strict.warc"]) {
      await expect(pipeline(read(folder(name))).run({ strict: true }), name).rejects.toThrow(
        /only readable records in a strict run/,
      );
      expect((await pipeline(read(folder(name))).run()).finished, name).toBe(true);
    }
  });
});

describe("files that break off", () => {
  const record = (i: number) => {
    const body = `text number ${i} ${Math.sin(i)}`;
    return (
      `WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Target-URI: http://example.org/${i}\r\n` +
      `Content-Length: ${body.length}\r\n\r\n${body}\r\n\r\n`
    );
  };

  it("a compressed WARC gives the records before the break, wherever it is cut", async () => {
    const members = Array.from({ length: 40 }, (_, i) => gzipSync(record(i)));
    const whole = Buffer.concat(members);
    for (const cut of [1, 10, 300, members[0].length, whole.length - 1]) {
      writeFileSync(folder("cut.warc.gz"), whole.subarray(0, cut));
      let complete = 0;
      for (let at = 0; complete < 40 && (at += members[complete].length) <= cut;) complete++;
      const { texts, problems } = await readAll("cut.warc.gz");
      // The text of a member whose last bytes are a checksum may be out before the break is noticed.
      expect(texts.length, `cut at ${cut}`).toBeGreaterThanOrEqual(complete);
      expect(texts.length, `cut at ${cut}`).toBeLessThanOrEqual(complete + 1);
      if (cut !== members[0].length) expect(problems.at(-1)?.reason).toBe("broken file");
    }
    writeFileSync(folder("cut.warc.zst"), zstdCompressSync(record(1).repeat(50)).subarray(0, 40));
    expect((await readAll("cut.warc.zst")).problems.at(-1)).toMatchObject({ reason: "broken file" });
  });

  it("a real Parquet file that was cut is one problem, not a wrong set", async () => {
    const documents = Array.from({ length: 500 }, (_, i) => `text ${i} ${Math.sin(i)}`);
    await pipeline(fromDocuments(documents), writeParquet(folder("whole.parquet"))).run();
    const bytes = readFileSync(folder("whole.parquet"));
    expect((await readAll("whole.parquet")).texts).toHaveLength(500);
    for (const share of [0.1, 0.5, 0.99]) {
      writeFileSync(folder("part.parquet"), bytes.subarray(0, Math.floor(share * bytes.length)));
      expect(await readAll("part.parquet")).toMatchObject({
        texts: [],
        problems: [{ reason: "unreadable Parquet" }],
      });
    }
  });
});

describe.skipIf(!existsSync("/dev/full"))("a full disk", () => {
  it("leaves no half table", async () => {
    for (const [name, sink] of [
      ["full.csv", writeCsv(folder("full.csv"))],
      ["full.parquet.rows.jsonl", writeParquet(folder("full.parquet"))],
    ] as const) {
      symlinkSync("/dev/full", folder(`${name}.partial`));
      await expect(pipeline(fromDocuments(["some text"]), sink).run(), name).rejects.toThrow(
        /the disk is full/,
      );
    }
    expect(readdirSync(folder()).filter((file) => file.startsWith("full"))).toEqual([]);
  });

  it("leaves no shards that pass for whole", () => {
    mkdirSync(folder("shards"));
    symlinkSync("/dev/full", folder("shards/shard-00000.bin"));
    const writer = shardWriter(folder("shards"), { vocabSize: 100, shardTokens: 1000 });
    expect(() => {
      for (let i = 0; i < 10; i++) writer.add(Array(500).fill(7));
      writer.finish();
    }).toThrow(/room for the shards/);
    expect(existsSync(folder("shards/shards.json"))).toBe(false);
    writer.discard();
    expect(existsSync(folder("shards"))).toBe(false);
  });

  it("in the middle of a file of parts keeps the parts that were whole", async () => {
    mkdirSync(folder("parts"));
    // Nothing is written before the whole chunk has gone through the steps.
    const fill = map("fill the disk", (document) => {
      if (document.text.startsWith("1")) symlinkSync("/dev/full", folder("parts/part-00001.jsonl.partial"));
      return document;
    });
    const documents = Array.from({ length: 4 }, (_, i) => `${i}`.repeat(2 ** 20));
    const run = pipeline(
      fromDocuments(documents),
      fill,
      writeJsonl(folder("parts"), { partBytes: 2 ** 20 }),
    ).run();
    await expect(run).rejects.toThrow(/the disk is full/);
    expect(readdirSync(folder("parts"))).toEqual(["part-00000.jsonl"]);
    truncateSync(folder("parts/part-00000.jsonl"), 10);
    expect((await readAll("parts/part-00000.jsonl")).problems).toMatchObject([{ reason: "invalid JSON" }]);
  });
});
