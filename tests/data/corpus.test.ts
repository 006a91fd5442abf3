/** Splitting, mixing, counting, bias. */
import { describe, expect, it } from "vitest";
import { random } from "../../lib/core/random.ts";
import { association } from "../../lib/data/bias/association.ts";
import { auditBias, compareBias } from "../../lib/data/bias/audit.ts";
import { counterfactual, swapGender } from "../../lib/data/bias/counterfactual.ts";
import { representation } from "../../lib/data/bias/representation.ts";
import { reweigh } from "../../lib/data/bias/reweigh.ts";
import { fromDocuments } from "../../lib/data/from-documents.ts";
import { mix } from "../../lib/data/mix.ts";
import { pipeline } from "../../lib/data/pipeline/pipeline.ts";
import { keepPart, partOf, splitDocuments } from "../../lib/data/split.ts";
import { corpusStats } from "../../lib/data/stats.ts";

const texts = (count: number, name: string) => Array.from({ length: count }, (_, i) => `${name} text ${i}`);
const documents = (list: string[]) => list.map((text, i) => ({ id: `${i}`, text, metadata: {} }));

describe("split", () => {
  it("has the asked shares, and a text always lands on the same side", () => {
    const parts = splitDocuments(documents(texts(5000, "a")), { validation: 0.1, test: 0.05 });
    expect(parts.validation.length / 5000).toBeCloseTo(0.1, 1);
    expect(parts.test.length / 5000).toBeCloseTo(0.05, 1);
    expect(
      parts.validation.every(({ text }) => partOf(text, { validation: 0.1, test: 0.05 }) === "validation"),
    ).toBe(true);
    expect(() => partOf("x", { validation: 2 })).toThrow(/sum to at most 1/);
  });

  it("as a step keeps one part", async () => {
    const source = fromDocuments(texts(100, "a"));
    const { documents: train } = await pipeline(
      source,
      keepPart({ part: "train", validation: 0.3 }),
    ).collect();
    const { documents: validation } = await pipeline(
      source,
      keepPart({ part: "validation", validation: 0.3 }),
    ).collect();
    expect(train.length + validation.length).toBe(100);
    expect(validation.length).toBeGreaterThan(10);
  });
});

describe("mix", () => {
  const sources = () => [
    { source: fromDocuments(texts(900, "a"), "a"), weight: 3 },
    { source: fromDocuments(texts(900, "b"), "b"), weight: 1 },
  ];
  const run = async (options: Parameters<typeof mix>[1]) =>
    (await pipeline(mix(sources(), options)).collect()).documents;

  it("draws by weight, the same in every run, and can stop while the proportions hold", async () => {
    const [first, again, other] = [
      await run({ until: "first" }),
      await run({ until: "first" }),
      await run({ until: "first", seed: 2 }),
    ];
    expect(first).toEqual(again);
    expect(first).not.toEqual(other);
    const share = first.filter(({ metadata }) => metadata.source === "a").length / first.length;
    expect(share).toBeGreaterThan(0.7);
    expect(share).toBeLessThan(0.8);
  });

  it("gives all documents otherwise, repeats epochs under new names, and flattens by temperature", async () => {
    expect(await run({})).toHaveLength(1800);
    const twice = (
      await pipeline(mix([{ source: fromDocuments(["x"], "x"), weight: 1, epochs: 2 }])).collect()
    ).documents;
    expect(twice.map(({ id }) => id)).toEqual(["x:1", "x:1~2"]);
    const flat = await run({ until: "first", temperature: 100 });
    expect(flat.filter(({ metadata }) => metadata.source === "a").length / flat.length).toBeCloseTo(0.5, 1);
  });
});

it("statistics count documents, words and metadata", () => {
  const stats = corpusStats([
    { id: "1", text: "The whale. The sea!", metadata: { language: "en" } },
    { id: "2", text: "Der Wal.", metadata: { language: "de" } },
  ]);
  expect(stats).toMatchObject({ documents: 2, characters: 27, words: 9, sentences: 3, vocabulary: 7 });
  expect(stats.counts.language).toEqual({ en: 1, de: 1 });
  expect(stats.topWords.slice(0, 2)).toEqual([
    ["The", 2],
    [".", 2],
  ]);
  expect(stats.perDocument.words).toMatchObject({ min: 3, max: 6 });
});

describe("bias", () => {
  it("swaps gendered words, with capitals and cases", () => {
    expect(swapGender("She told him her plan. HE SAID: Mr. Smith's wife saw her.")).toBe(
      "He told her his plan. SHE SAID: Ms. Smith's husband saw him.",
    );
    expect(counterfactual().apply({ id: "1", text: "He left.", metadata: {} })).toMatchObject([
      { id: "1" },
      { id: "1~swapped", text: "She left." },
    ]);
  });

  it("counts groups, documents and tone", () => {
    const counts = representation(documents(["The woman is a great doctor.", "He is bad. He lies."]), {
      tones: new Map([
        ["great", 3],
        ["bad", -3],
      ]),
    });
    const group = (name: string) => counts.find((count) => count.group === name)!;
    expect(group("female")).toMatchObject({ mentions: 1, documents: 1, share: 1 / 3, tone: 3 });
    expect(group("male")).toMatchObject({ mentions: 2, documents: 1, tone: -3 });
  });

  it("finds an association that was put there, and none where there is none", () => {
    const x = ["career", "office", "business", "salary"];
    const y = ["home", "family", "wedding", "cousins"];
    const sets = { targets: { x, y }, attributes: { a: ["he"], b: ["she"] } };
    const filler = ["red", "blue", "green", "long", "small", "quick", "old"];
    const made = (who: (word: string, i: number) => string) =>
      documents(
        [...x, ...y].flatMap((word, w) =>
          Array.from({ length: 42 }, (_, i) => {
            const person = who(word, i);
            return `${person} has ${word} ${filler[(i + w) % 7]} ${person === "he" ? "beard" : "dress"}`;
          }),
        ),
      );
    const biased = association(
      made((word) => (x.includes(word) ? "he" : "she")),
      sets,
    );
    expect(biased.effect).toBeGreaterThan(1.5);
    expect(biased.p).toBeLessThan(0.05);
    const coin = random(3);
    const fair = association(
      made(() => (coin.uniform() < 0.5 ? "he" : "she")),
      sets,
    );
    expect(fair.p).toBeGreaterThan(0.05);
    expect(association(documents(["nothing"]), sets).effect).toBeNaN();
  });

  it("re-weighting makes group and label independent", () => {
    const examples = [
      ["a", "toxic"],
      ["a", "toxic"],
      ["a", "fine"],
      ["b", "fine"],
    ].map(([group, label]) => ({ group, label }));
    const weights = reweigh(examples);
    expect([...weights]).toEqual([0.75, 0.75, 1.5, 0.5]);
  });

  it("reports show themselves, before and after", () => {
    const before = auditBias(documents(["He is an engineer. He works."]));
    const after = auditBias(documents(["He is an engineer.", "She is an engineer."]));
    const bundle = compareBias(before, after)[Symbol.for("Jupyter.display")]();
    expect(bundle["text/plain"]).toContain("gender: female\t0.0 %\t50.0 %");
  });
});
