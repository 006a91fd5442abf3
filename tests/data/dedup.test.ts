import { describe, expect, it } from "vitest";
import { random } from "../../lib/core/random.ts";
import { decontaminate } from "../../lib/data/decontaminate.ts";
import { bloom, BloomFilter } from "../../lib/data/dedup/bloom.ts";
import { exact } from "../../lib/data/dedup/exact.ts";
import { minhash, minhashConfig, minHasher, signatureSimilarity } from "../../lib/data/dedup/minhash.ts";
import { sentenceDedup } from "../../lib/data/dedup/sentence.ts";
import { jaccard, shingles } from "../../lib/data/dedup/shingles.ts";
import { PassageIndex, substringDedup } from "../../lib/data/dedup/substring.ts";
import { fromDocuments } from "../../lib/data/from-documents.ts";
import { hash53 } from "../../lib/data/hash.ts";
import { pipeline } from "../../lib/data/pipeline/pipeline.ts";
import type { Step } from "../../lib/data/pipeline/step.ts";

const generator = random(5);
const word = () => Array.from({ length: 5 }, () => "abcdefghijklmnop"[generator.integer(16)]).join("");
const passage = (words: number) => Array.from({ length: words }, word).join(" ");
const keep = async (texts: string[], step: Step) =>
  (await pipeline(fromDocuments(texts), step).collect()).documents.map(({ text }) => text);

/** The text with about `share` of its words replaced. */
const edited = (text: string, share: number) =>
  text
    .split(" ")
    .map((old) => (generator.uniform() < share ? word() : old))
    .join(" ");

describe("exact duplicates", () => {
  it("go, the first one stays", async () => {
    expect(await keep(["a", "b", "a", "A"], exact())).toEqual(["a", "b", "A"]);
    expect(await keep(["Hello, World 1", "hello world 2", "other"], exact({ fold: true }))).toEqual([
      "Hello, World 1",
      "other",
    ]);
  });

  it("are all found by a Bloom filter, which takes few others with them", async () => {
    expect(await keep(["a", "b", "a"], bloom({ capacity: 10 }))).toEqual(["a", "b"]);
    const filter = new BloomFilter({ capacity: 10_000, falsePositives: 0.01 });
    for (let i = 0; i < 10_000; i++) filter.add(hash53(`seen ${i}`));
    let [missed, wrong] = [0, 0];
    for (let i = 0; i < 10_000; i++) {
      if (!filter.add(hash53(`seen ${i}`))) missed++;
    }
    for (let i = 0; i < 1000; i++) if (filter.add(hash53(`new ${i}`))) wrong++;
    expect(missed).toBe(0);
    expect(wrong).toBeLessThan(30);
  });
});

describe("MinHash", () => {
  const text = passage(400);

  it("estimates the Jaccard similarity within its standard error", () => {
    const hasher = minHasher({ ...minhashConfig.defaults, bands: 64 });
    for (const share of [0.01, 0.05, 0.1]) {
      const other = edited(text, share);
      const estimate = signatureSimilarity(hasher.signature(text), hasher.signature(other));
      // 512 hashes: the standard error is at most 0.022.
      expect(Math.abs(estimate - jaccard(text, other, 5)), `${share}`).toBeLessThan(0.08);
    }
  });

  it("drops near-duplicates and keeps the rest", async () => {
    const near = edited(text, 0.01);
    const far = passage(400);
    expect(await keep([text, near, far, "", text.toUpperCase()], minhash())).toEqual([text, far, ""]);
  });

  it("verifies candidates on demand and tells their similarity", async () => {
    const { report } = await pipeline(
      fromDocuments([text, edited(text, 0.01)]),
      minhash({ verify: 0.6 }),
    ).collect();
    expect(report.steps[1].dropped.near_duplicate.samples[0].value).toBeGreaterThan(0.6);
    expect(
      await keep([text, edited(text, 0.06)], minhash({ bands: 100, rows: 2, verify: 0.99 })),
    ).toHaveLength(2);
  });

  it("folds text before it compares: Latin letters fast and others slowly give the same words", () => {
    expect(shingles("Café, 3.5 Ärzte!", 2)).toEqual(shingles("cafe 7 arzte", 2));
    expect(shingles("Ärzte 日本 x", 1).subarray(0, 1)).toEqual(shingles("arzte", 1));
    expect(jaccard("a b c d", "a b c e", 1)).toBe(3 / 5);
  });
});

describe("repeated passages", () => {
  it("sentences: runs of three that came before are cut", async () => {
    const shared = "One is here. Two is there. Three is gone.";
    const [first, second] = [`${passage(30)}. ${shared}`, `${shared} ${passage(30)}.`];
    expect(await keep([first, second], sentenceDedup())).toEqual([first, second.slice(shared.length + 1)]);
    expect(await keep([first, shared], sentenceDedup())).toEqual([first]);
  });

  it("substrings: every stretch of the length is found, wherever it stands", () => {
    for (let round = 0; round < 200; round++) {
      const index = new PassageIndex(32);
      const common = passage(20).slice(0, 32 + generator.integer(40));
      const earlier = passage(20).slice(0, generator.integer(90)) + common + passage(9);
      const before = `${passage(15).slice(0, generator.integer(70))}#`;
      index.add(passage(10));
      index.add(earlier);
      const spans = index.find(`${before}${common}#${passage(5)}`);
      expect(spans, `round ${round}`).toEqual([[before.length, before.length + common.length]]);
    }
  });

  it("substrings: the step cuts them and drops what is left of nothing", async () => {
    const common = passage(60);
    const own = passage(40);
    expect(await keep([`x ${common}`, `${own}\n${common}`, common], substringDedup())).toEqual([
      `x ${common}`,
      own,
    ]);
  });

  it("remember across a restart", () => {
    const common = passage(60);
    for (const make of [
      exact,
      () => minhash({ verify: 0.5 }),
      sentenceDedup,
      substringDedup,
      () => bloom({ capacity: 9 }),
    ]) {
      const [before, after] = [make(), make()];
      const document = { id: "1", text: `${common}. ${common}. ${common}.`, metadata: {} };
      before.apply(document, before.prepare(document) as never);
      after.restore(structuredClone(before.save()));
      expect(after.apply(document, after.prepare(document) as never), before.name).toHaveProperty("dropped");
    }
  });
});

describe("decontamination", () => {
  const question = "How many ships sailed from the harbour when the captain gave the order to leave at dawn?";

  it("drops texts that contain a question, however it is written", async () => {
    const step = decontaminate({ sets: { quiz: [question], other: ["too short"] } });
    const leaked = `${passage(20)} ${question.toUpperCase().replaceAll(" ", "\n")} ${passage(20)}`;
    const { report, documents } = await pipeline(
      fromDocuments([passage(50), leaked, "too short"]),
      step,
    ).collect();
    expect(documents).toHaveLength(2);
    expect(report.steps[1].dropped.contains_quiz.count).toBe(1);
    expect(() => decontaminate({ sets: {} })).toThrow(/evaluation texts/);
  });
});
