/** The filter of harmful content, reviewing what a filter took, and scores by group. */
import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { auditBias, compareBias } from "../../lib/data/bias/audit.ts";
import { reweigh } from "../../lib/data/bias/reweigh.ts";
import { scoresByGroup } from "../../lib/data/bias/scores.ts";
import { thresholdFor } from "../../lib/data/classify/metrics.ts";
import { trainTextClassifier } from "../../lib/data/classify/text-classifier.ts";
import { harmful, harmfulPassages } from "../../lib/data/filters/harmful.ts";
import { fromDocuments } from "../../lib/data/from-documents.ts";
import { pipeline } from "../../lib/data/pipeline/pipeline.ts";
import { exceptFor, readReview, reviewFile, summarizeReview } from "../../lib/data/review.ts";
import { temporaryFolder } from "./temporary.ts";

const folder = temporaryFolder();
const bad = ["hurt the victim with a weapon", "poison and weapon for the victim", "threaten the victim"];
const good = ["bake the bread with butter", "garden and flower in the morning", "read the quiet book"];
const examples = [...bad, ...bad].map((text) => ({ text, label: "harmful" }));
examples.push(...[...good, ...good].map((text) => ({ text, label: "harmless" })));
const model = trainTextClassifier(examples, "harmful", { places: 2 ** 12, epochs: 50 });
model.save(folder("harm.model"));
const filler = Array.from({ length: 30 }, () => good.join(" and ")).join(". ");

describe("harmful content", () => {
  it("is found in one passage of a long text", () => {
    const step = harmful({ model: folder("harm.model"), threshold: 0.5, passageWords: 20 });
    const apply = (text: string) => step.apply({ id: "1", text, metadata: {} });
    expect(apply(`${filler}. ${bad.join(" ")}. ${filler}`)).toMatchObject({ dropped: "harmful_passage" });
    expect(apply(filler)).toMatchObject({ metadata: { score_harmful: expect.any(Number) } });
    expect(apply("")).toMatchObject({ metadata: { score_harmful: 0 } });
    const [worst, ...rest] = harmfulPassages(`${filler} ${bad.join(" ")}`, model, 20);
    expect(worst.passage).toContain("victim");
    expect(rest.every(({ score }) => score <= worst.score)).toBe(true);
    expect(rest.map(({ passage }) => passage).join("").length).toBeGreaterThan(1000);
  });

  it("is also what has many listed words, not what has one", () => {
    const step = harmful({ model: folder("harm.model"), threshold: 1, words: ["damn"], wordsPerHundred: 2 });
    const apply = (text: string) => step.apply({ id: "1", text, metadata: {} });
    expect(apply("damn it, damn it all")).toEqual({ dropped: "harmful_words", value: 2 });
    expect(apply(`damn ${filler}`)).toHaveProperty("metadata");
    expect(() => harmful({ model: folder("harm.model"), threshold: 2 })).toThrow(/between 0 and 1/);
  });

  it("runs on workers with the same result", async () => {
    const source = fromDocuments([...bad, ...good, filler]);
    const steps = () => [harmful({ model: folder("harm.model") })];
    const [here, there] = [
      await pipeline(source, ...steps()).collect(),
      await pipeline(source, ...steps()).collect({ workers: 1 }),
    ];
    expect(there.documents).toEqual(here.documents);
    expect(here.documents).toHaveLength(4);
  });

  it("gets the lowest threshold that keeps a precision", () => {
    const positive = [true, true, false, true, false];
    expect(thresholdFor([0.9, 0.8, 0.7, 0.6, 0.1], positive, 0.75)).toBe(0.6);
    expect(thresholdFor([0.9, 0.8, 0.7, 0.6, 0.1], positive, 1)).toBe(0.8);
    expect(thresholdFor([0.5, 0.5], [true, false], 0.9)).toBe(Infinity);
  });
});

describe("a review", () => {
  const step = () => harmful({ model: folder("harm.model") });
  const documents = [...bad, ...good].map((text, i) => ({ id: `d${i}`, text, metadata: {} }));

  it("takes a sample of what was dropped, and from verdicts says how often the rule was right", async () => {
    const file = folder("review.jsonl");
    await pipeline(fromDocuments(documents), step()).run({ excluded: reviewFile(file) });
    const items = readFileSync(file, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(items.map(({ id }) => id).sort()).toEqual(["d0", "d1", "d2"]);
    expect(items[0]).toMatchObject({ step: "harmful", reason: "harmful_passage", verdict: null });
    expect(readReview(file).reasons[0]).toMatchObject({ right: 0, open: 3, precision: NaN, low: 0, high: 1 });

    const verdicts = items.map((item) => ({ ...item, verdict: item.id === "d1" ? "wrong" : "right" }));
    writeFileSync(file, verdicts.map((item) => JSON.stringify(item)).join("\n"));
    const review = readReview(file);
    expect(review.wrong).toEqual(["d1"]);
    expect(review.reasons[0]).toMatchObject({ right: 2, wrong: 1, open: 0, precision: 2 / 3 });
    // Wilson's interval of 2 in 3, as statsmodels' proportion_confint(2, 3, method="wilson") has it.
    expect(review.reasons[0].low).toBeCloseTo(0.2077, 3);
    expect(review.reasons[0].high).toBeCloseTo(0.9385, 3);

    const { documents: kept } = await pipeline(
      fromDocuments(documents),
      exceptFor(step(), review.wrong),
    ).collect();
    expect(kept.map(({ id }) => id)).toEqual(["d1", "d3", "d4", "d5"]);
  });

  it("keeps as many of each reason as asked for, the same ones in any order", async () => {
    const ids = async (order: typeof documents) => {
      await pipeline(fromDocuments(order), step()).run({
        excluded: reviewFile(folder("few.jsonl"), { perReason: 2 }),
      });
      return readFileSync(folder("few.jsonl"), "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line).id);
    };
    const first = await ids(documents);
    expect(first).toHaveLength(2);
    expect(await ids([...documents].reverse())).toEqual(first);
  });

  it("refuses other verdicts, with the line", () => {
    writeFileSync(folder("odd.jsonl"), '{"id":"a","verdict":null}\n{"id":"b","verdict":"maybe"}\n');
    expect(() => readReview(folder("odd.jsonl"))).toThrow(/odd\.jsonl:2: expected an item with the verdict/);
    expect(summarizeReview([])).toEqual({ reasons: [], wrong: [] });
  });
});

describe("scores by group", () => {
  const texts = ["She is here.", "He is here.", "It is here."].map((text) => ({ text }));
  const unfair = (text: string) => (/\bshe\b/i.test(text) ? 0.9 : 0.3);

  it("show a classifier that goes by the group", () => {
    const { mean, groups, swapChange } = scoresByGroup(texts, unfair);
    const of = (name: string) => groups.find(({ dimension, group }) => `${dimension} ${group}` === name)!;
    expect(mean).toBeCloseTo(0.5);
    expect(of("pronouns she")).toMatchObject({ documents: 1, mean: 0.9 });
    expect(of("pronouns she").difference).toBeCloseTo(0.4);
    expect(of("pronouns he").difference).toBeCloseTo(-0.2);
    expect(of("names male").mean).toBeNaN();
    expect(swapChange).toBeCloseTo(0.6);
    expect(scoresByGroup(texts, () => 0.3).swapChange).toBe(0);
  });

  it("are part of the report, before and after", () => {
    const before = auditBias(texts, { scores: { toxicity: unfair } });
    const after = auditBias(texts, { scores: { toxicity: () => 0.3 } });
    const { "text/plain": shown } = compareBias(before, after)[Symbol.for("Jupyter.display")]();
    expect(shown).toContain("toxicity when gender is swapped: change\t0.600\t0.000");
    expect(shown).toContain("toxicity of pronouns: she, against the mean\t+0.400\t+0.000");
  });

  it("even out when examples are weighted", () => {
    // "she" stands in toxic examples only, so an unweighted classifier learns the pronoun.
    const labelled = [
      ...Array.from({ length: 30 }, () => ({ text: "she shouts insults", label: "toxic", group: "she" })),
      ...Array.from({ length: 3 }, () => ({ text: "she sings songs", label: "fine", group: "she" })),
      ...Array.from({ length: 3 }, () => ({ text: "he shouts insults", label: "toxic", group: "he" })),
      ...Array.from({ length: 30 }, () => ({ text: "he sings songs", label: "fine", group: "he" })),
    ];
    const options = { places: 2 ** 10, ngrams: 1, epochs: 5 };
    const plain = trainTextClassifier(labelled, "toxic", options);
    const weighted = trainTextClassifier(labelled, "toxic", { ...options, weights: reweigh(labelled) });
    const gap = (classifier: typeof plain) => classifier.score("she walks") - classifier.score("he walks");
    expect(gap(weighted)).toBeLessThan(0.8 * gap(plain));
    expect(() => trainTextClassifier(labelled, "toxic", { weights: [1] })).toThrow(/66 weights, got 1/);
  });
});
