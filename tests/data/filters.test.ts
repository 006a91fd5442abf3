import { writeFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import type { Document } from "../../lib/data/document.ts";
import { badWords, wordFinder } from "../../lib/data/filters/bad-words.ts";
import { boilerplate } from "../../lib/data/filters/boilerplate.ts";
import { c4, c4Paragraphs, cleanC4 } from "../../lib/data/filters/c4.ts";
import { finewebFilter } from "../../lib/data/filters/fineweb.ts";
import { gopherQualityFilter } from "../../lib/data/filters/gopher-quality.ts";
import { gopherRepetitionFilter } from "../../lib/data/filters/gopher-repetition.ts";
import { detectLanguage, language, loadLanguages } from "../../lib/data/filters/language.ts";
import { NgramModel, perplexity } from "../../lib/data/filters/perplexity.ts";
import { url } from "../../lib/data/filters/url.ts";
import { findPii, isIban } from "../../lib/data/pii/find.ts";
import { maskPii, pii } from "../../lib/data/pii/mask.ts";
import {
  trainTextClassifier,
  classifierFilter,
  loadTextClassifier,
} from "../../lib/data/classify/text-classifier.ts";
import { binaryMetrics } from "../../lib/data/classify/metrics.ts";
import { random } from "../../lib/core/random.ts";
import { temporaryFolder } from "./temporary.ts";

const folder = temporaryFolder();
const SENTENCE = "The old captain and the crew have to look for that white whale with great care. ";
const document = (text: string, metadata: Document["metadata"] = {}): Document => ({
  id: "x",
  text,
  metadata,
});

/** Different words, so that nothing repeats. */
function words(count: number, seed = 1): string[] {
  const generator = random(seed);
  return Array.from({ length: count }, () =>
    Array.from({ length: 6 }, () => "abcdefghij"[generator.integer(10)]).join(""),
  );
}

describe("Gopher quality", () => {
  const good = SENTENCE.repeat(5);
  it.each([
    ["nothing", good, undefined],
    ["gopher_short_doc", "too short", "gopher_short_doc"],
    ["gopher_below_avg_threshold", "a b c d ".repeat(30), "gopher_below_avg_threshold"],
    ["gopher_above_avg_threshold", "incomprehensibilities ".repeat(60), "gopher_above_avg_threshold"],
    ["gopher_too_many_hashes", `${good}${"# ".repeat(12)}`, "gopher_too_many_hashes"],
    ["gopher_too_many_ellipsis", good.replaceAll(" the ", "… the… "), "gopher_too_many_ellipsis"],
    ["gopher_too_many_bullets", `- ${SENTENCE}\n`.repeat(6), "gopher_too_many_bullets"],
    [
      "gopher_too_many_end_ellipsis",
      `${SENTENCE.repeat(3)}\n${SENTENCE}...\n${SENTENCE}...`,
      "gopher_too_many_end_ellipsis",
    ],
    ["gopher_below_alpha_threshold", `${good} ${"1234 ".repeat(30)}`, "gopher_below_alpha_threshold"],
    ["gopher_enough_stop_words", words(80).join(" "), "gopher_enough_stop_words"],
  ])("finds %s", (_, text, reason) => expect(gopherQualityFilter.judge(text)?.dropped).toBe(reason));

  it("measures once and judges again for other thresholds", () => {
    const measures = gopherQualityFilter.measure("a short text of words");
    expect(measures.gopher_short_doc).toBe(5);
    expect(gopherQualityFilter.judgeMeasures(measures, { minWords: 5, minStopWords: 0 })).toBeUndefined();
    expect(gopherQualityFilter.judgeMeasures(measures, { minWords: 6 })).toEqual({
      dropped: "gopher_short_doc",
      value: 5,
    });
  });

  it("refuses an unknown threshold", () => {
    expect(() => gopherQualityFilter.judge("x", { minWord: 3 } as never)).toThrow(/did you mean minWords/);
  });
});

describe("Gopher repetition", () => {
  const unique = (count: number, seed = 1) => words(count, seed).join(" ");
  it.each([
    ["nothing", unique(300), undefined],
    ["empty", "", "empty"],
    ["dup_para_frac", ["a a", "b", "b", "b"].join("\n\n"), "dup_para_frac"],
    [
      "dup_para_char_frac",
      [unique(10), unique(10), unique(10, 2), unique(10, 3)].join("\n\n"),
      "dup_para_char_frac",
    ],
    ["dup_line_frac", `${unique(60)}\nx\nx\nx`, "dup_line_frac"],
    ["top_2_gram", `${"white whale ".repeat(20)}${unique(40)}`, "top_2_gram"],
    ["duplicated_5_n_grams", `${unique(10)} ${unique(34, 2)} ${unique(10)}`, "duplicated_5_n_grams"],
    ["duplicated_10_n_grams", `${unique(10)} ${unique(64, 2)} ${unique(10)}`, "duplicated_10_n_grams"],
  ])("finds %s", (_, text, reason) => expect(gopherRepetitionFilter.judge(text)?.dropped).toBe(reason));

  it("measures the share of characters in repeated runs", () => {
    const text = `${unique(10)} ${unique(66, 2)} ${unique(10)}`;
    // Ten words of six characters come twice, in a text of 86 words and 85 spaces.
    expect(gopherRepetitionFilter.measure(text).duplicated_10_n_grams).toBeCloseTo(60 / (86 * 7 - 1), 10);
  });
});

describe("C4", () => {
  const lines = [
    "Home",
    "The first sentence is here.",
    "You need Javascript to see it.",
    "It has more words [1] in it.",
    "Third one is fine!",
    "Is the fourth one good?",
    'He said "yes it is."',
    "We uses cookies on this page.",
    "no end mark here",
  ];

  it("keeps lines that are sentences", () => {
    expect(cleanC4(lines.join("\n"))).toEqual({
      text: 'The first sentence is here.\nIt has more words  in it.\nThird one is fine!\nIs the fourth one good?\nHe said "yes it is."',
    });
  });

  it("drops pages with too few of them, with code, with placeholder text", () => {
    expect(cleanC4(lines.slice(0, 4).join("\n"))).toEqual({ dropped: "too_few_sentences", value: 2 });
    expect(cleanC4("function f() { return one.")).toEqual({ dropped: "curly_bracket" });
    expect(cleanC4("Lorem ipsum dolor sit.")).toEqual({ dropped: "lorem_ipsum" });
    expect(c4().apply(document(lines.join("\n")))).toMatchObject({ id: "x" });
    expect(c4Paragraphs().apply(document("short\nlines"))).toEqual({
      dropped: "too_few_paragraphs",
      value: 0,
    });
  });
});

describe("FineWeb", () => {
  it.each([
    ["nothing", [SENTENCE.trim(), `${words(20).join(" ")}.`].join("\n"), undefined],
    ["empty", " \n ", "empty"],
    [
      "line_punct_ratio",
      Array.from({ length: 10 }, (_, i) => words(8, i).join(" ")).join("\n"),
      "line_punct_ratio",
    ],
    [
      "short_line_ratio",
      Array.from({ length: 9 }, (_, i) => `${words(2, i).join(" ")}.`).join("\n"),
      "short_line_ratio",
    ],
    ["char_dup_ratio", `${SENTENCE.trim()}\n${SENTENCE.trim()}`, "char_dup_ratio"],
    ["list_ratio", `${SENTENCE.trim()}${"\n".repeat(20)}`, "list_ratio"],
  ])("finds %s", (_, text, reason) => expect(finewebFilter.judge(text)?.dropped).toBe(reason));
});

describe("language", () => {
  beforeAll(loadLanguages);

  it("tells languages apart and keeps the wanted one", () => {
    const german = "Das Schiff fuhr mit der Mannschaft über das weite Meer und suchte den weißen Wal.";
    expect(detectLanguage(german).language).toBe("de");
    expect(detectLanguage("1234 5678").language).toBe("");
    const step = language({ keep: ["en"] });
    expect(step.apply(document(german))).toEqual({ dropped: "language_de" });
    expect(step.apply(document(SENTENCE))).toMatchObject({ metadata: { language: "en" } });
    expect(() => language({ keep: ["english"] })).toThrow(/two-letter/);
  });
});

describe("personal data", () => {
  it("is found and masked", () => {
    const text =
      "mail ann.b+c@example.co.uk or call (415) 555-2671 or +44 20 7946 0958, card 4111 1111 1111 1111, " +
      "IBAN DE89 3704 0044 0532 0130 00, host 8.8.8.8 and 2001:db8::ff00:42:8329, ssn 123-45-6789, AKIAIOSFODNN7EXAMPLE";
    expect(maskPii(text, findPii(text))).toBe(
      "mail [EMAIL] or call [PHONE] or [PHONE], card [CARD], IBAN [IBAN], host [IP] and [IP], ssn [SSN], [KEY]",
    );
  });

  it("leaves numbers that only look like it", () => {
    const text =
      "order 4111 1111 1111 1112, version 1.2.3.4, at 10:20:30 on 2019-11-12, 192.168.1.1, pi 3.14159265358979, a@b";
    expect(findPii(text)).toEqual([]);
    expect(isIban("DE89 3704 0044 0532 0130 00")).toBe(true);
    expect(isIban("DE98 3704 0044 0532 0130 00")).toBe(false);
  });

  it("is counted in the metadata, and lists of addresses can be dropped", () => {
    expect(pii().apply(document("a@b.org c@d.org"))).toMatchObject({
      text: "[EMAIL] [EMAIL]",
      metadata: { pii: { email: 2 } },
    });
    expect(pii({ maxSpans: 1 }).apply(document("a@b.org c@d.org"))).toEqual({
      dropped: "too_much_pii",
      value: 2,
    });
  });
});

describe("lists", () => {
  it("bad words count as whole words and phrases", () => {
    expect(wordFinder(["ass", "bad word"])("Class of BAD WORD, ass!")).toEqual(["bad word", "ass"]);
    expect(badWords({ words: ["damn"] }).apply(document("damned"))).toMatchObject({ text: "damned" });
    expect(badWords({ words: ["damn"] }).apply(document("Damn."))).toEqual({
      dropped: "bad_words",
      value: 1,
    });
    expect(() => badWords({ words: [] })).toThrow(/a list of words/);
  });

  it("addresses go by domain, subdomain and word", () => {
    writeFileSync(folder("domains"), "# comment\nspam.example\n");
    const step = url({
      blockedDomains: ["bad.org"],
      blockedDomainsFile: folder("domains"),
      blockedWords: ["casino"],
    });
    const verdict = (address: string) => step.apply(document("t", { url: address }));
    expect(verdict("https://www.bad.org/x")).toEqual({ dropped: "blocked_domain" });
    expect(verdict("http://a.spam.example")).toEqual({ dropped: "blocked_domain" });
    expect(verdict("https://ok.org/best-casino-2020")).toEqual({ dropped: "blocked_word" });
    expect(verdict("https://notbad.org/casinos")).toMatchObject({ id: "x" });
  });

  it("boilerplate lines are cut, sentences are not", () => {
    const text =
      "Share this\nThe article says that the site uses words.\nRead more\n© 2020 Someone\nSubscribe to our newsletter";
    expect(boilerplate().apply(document(text))).toMatchObject({
      text: "The article says that the site uses words.",
    });
    expect(boilerplate().apply(document("Read more"))).toEqual({ dropped: "only_boilerplate" });
  });
});

describe("trained filters", () => {
  const sea = [
    "the whale swam in the deep sea",
    "a ship sailed over the waves",
    "the captain saw the whale",
    "waves broke on the ship at sea",
  ];
  const shop = [
    "buy cheap watches now",
    "cheap offer click to buy",
    "buy one watch get one cheap",
    "click now for the offer",
  ];

  it("a text classifier learns, saves, and filters", () => {
    const examples = [
      ...sea.map((text) => ({ text, label: "sea" })),
      ...shop.map((text) => ({ text, label: "spam" })),
    ];
    const trained = trainTextClassifier(examples, "spam", { places: 2 ** 12 });
    expect(trained.score("cheap watches, click now")).toBeGreaterThan(0.8);
    expect(trained.score("the captain of the ship")).toBeLessThan(0.2);
    trained.save(folder("spam.model"));
    const loaded = loadTextClassifier(folder("spam.model"));
    expect(loaded.score("buy a ship")).toBe(trained.score("buy a ship"));
    const step = classifierFilter({ model: folder("spam.model"), dropAbove: 0.5 });
    expect(step.apply(document("buy cheap"))).toMatchObject({ dropped: "classified_spam" });
    expect(step.apply(document("whale and sea"))).toHaveProperty("metadata.score_spam");
    expect(() => trainTextClassifier(examples.slice(0, 4), "spam")).toThrow(/both classes/);
    writeFileSync(folder("broken.model"), "{}\n");
    expect(() => loadTextClassifier(folder("broken.model"))).toThrow(/a whole file/);
  });

  it("metrics are those of the confusion table and the ROC curve", () => {
    const metrics = binaryMetrics([0.9, 0.8, 0.4, 0.6, 0.1], [true, true, true, false, false]);
    expect(metrics).toEqual({ accuracy: 0.6, precision: 2 / 3, recall: 2 / 3, f1: 2 / 3, auc: 5 / 6 });
  });

  it("a language model is less surprised by its language than by noise", () => {
    const model = new NgramModel({ places: 2 ** 16 });
    for (const text of sea) model.add(text.repeat(10));
    const [known, noise] = [model.perplexity("the ship saw the whale"), model.perplexity("xq zzvk 93 qwp")];
    expect(known).toBeLessThan(4);
    expect(noise).toBeGreaterThan(50);
    expect(model.perplexity("")).toBeNaN();
    model.save(folder("sea.model"));
    const step = perplexity({ model: folder("sea.model"), max: 20 });
    expect(step.apply(document("the whale at sea"))).toHaveProperty("metadata.perplexity");
    expect(step.apply(document("xq zzvk 93 qwp"))).toEqual({ dropped: "too_surprising", value: noise });
  });
});
