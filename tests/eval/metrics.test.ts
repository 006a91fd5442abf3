/** Golden numbers of sacrebleu, rouge-score, scikit-learn and jiwer; golden/make.py makes them again. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  accuracy,
  answerScore,
  averagePrecision,
  bleuPieces,
  bootstrap,
  brierScore,
  calibrationError,
  characterErrorRate,
  classScores,
  cohenKappa,
  compareScores,
  confusionCounts,
  corpusBleu,
  corpusChrf,
  corpusRouge,
  corpusTer,
  distinctN,
  logLoss,
  matthewsCorrelation,
  meanPassAtK,
  passAtK,
  porterStem,
  precisionRecallF1,
  reliability,
  rocAuc,
  rouge,
  selfBleu,
  sentenceBleu,
  sentenceChrf,
  sentenceTer,
  surprise,
  wordErrorRate,
} from "../../lib/eval/index.ts";

const golden = JSON.parse(readFileSync(join(import.meta.dirname, "golden/metrics.json"), "utf8"));
const pairs = golden.pairs as [string, string[]][];
const texts = pairs.map(([text]) => text);
const references = pairs.map(([, list]) => list);
const near = (found: number, expected: number, what: string): void =>
  expect(Math.abs(found - expected), `${what}: ${found} instead of ${expected}`).toBeLessThan(1e-6);

describe("BLEU over SentencePiece's pieces", () => {
  const folder = join(import.meta.dirname, "golden/spbleu");
  const { cases, models } = JSON.parse(readFileSync(join(folder, "scores.json"), "utf8")) as {
    cases: [text: string, references: string[]][];
    models: Record<string, { pieces: string[][]; corpus: number; sentences: number[] }>;
  };

  it.each(Object.entries(models))("equals sacrebleu's with a model in place of %s's", (name, expected) => {
    const tokenize = bleuPieces(join(folder, `${name}.model`), name);
    expect(cases.map(([text]) => tokenize.words(text))).toEqual(expected.pieces);
    const scores = cases.map(([text, references]) => sentenceBleu(text, references, { tokenize }));
    scores.forEach(({ score }, i) => expect(score, cases[i][0]).toBeCloseTo(expected.sentences[i], 6));
    expect(scores[0].signature).toContain(`tok:${name}`);
    const both = cases.filter(([, references]) => references.length === 2);
    const whole = corpusBleu(
      both.map(([text]) => text),
      both.map(([, references]) => references),
      { tokenize },
    );
    expect(whole.score).toBeCloseTo(expected.corpus, 6);
  });

  it("asks for the model's file", () => {
    expect(() => corpusBleu(["a"], [["a"]], { tokenize: "flores200" as "13a" })).toThrow(
      'got flores200; it needs a SentencePiece model: tokenize: bleuPieces("PATH.model", "flores200")',
    );
    expect(() => corpusBleu(["a"], [["a"]], { tokenize: "ja-mecab" as "13a" })).toThrow("it needs MeCab");
    expect(() => bleuPieces("nowhere.model", "flores200")).toThrow(
      /got no nowhere\.model; sacrebleu downloads it/,
    );
  });
});

describe("BLEU", () => {
  it.each(golden.bleu as object[])("equals sacrebleu's: $tokenize $smoothing", (entry) => {
    const { tokenize, smoothing, lowercase, sentences, corpus, precisions, signature } = entry as never as {
      [name: string]: never;
    } & { sentences: number[]; precisions: number[] };
    const options = { tokenize, smoothing, lowercase };
    pairs.forEach(([text, list], i) =>
      near(sentenceBleu(text, list, options).score, sentences[i], `${text} | ${list.join(" | ")}`),
    );
    const all = corpusBleu(texts, references, options);
    near(all.score, corpus, "corpus");
    all.precisions.forEach((precision, n) => near(precision, precisions[n], `precision ${n + 1}`));
    expect(sentenceBleu("a", ["a"], options).signature.replace(/^nrefs:\d+\|/, "")).toBe(signature);
  });

  it("says what it was given", () => {
    expect(() => corpusBleu(["a"], [])).toThrow("expected as many references as texts: 1, got 0");
    expect(() => corpusBleu([], [])).toThrow("expected at least one of texts, got none");
    expect(() => sentenceBleu("a", [])).toThrow("expected at least one reference, got none");
    expect(() => sentenceBleu("a", ["a"], { tokenize: "spm" as never })).toThrow(
      "tokenize 13a, intl, zh, char, none",
    );
  });
});

describe("chrF", () => {
  it.each(golden.chrf as object[])("equals sacrebleu's: %o", (entry) => {
    const { options, sentences, corpus } = entry as never as {
      options: Record<string, never>;
      sentences: number[];
      corpus: number;
    };
    const ours = {
      characterOrder: options.char_order,
      wordOrder: options.word_order,
      beta: options.beta,
      lowercase: options.lowercase,
    };
    pairs.forEach(([text, list], i) =>
      near(sentenceChrf(text, list, ours), sentences[i], `${text} | ${list[0]}`),
    );
    near(corpusChrf(texts, references, ours), corpus, "corpus");
  });
});

describe("TER", () => {
  it.each(golden.ter as object[])("equals sacrebleu's: %o", (entry) => {
    const { options, sentences, corpus } = entry as never as {
      options: Record<string, boolean>;
      sentences: number[];
      corpus: number;
    };
    const ours = {
      normalized: options.normalized,
      noPunctuation: options.no_punct,
      caseSensitive: options.case_sensitive,
    };
    const all = [...pairs, ...(golden.long as [string, string[]][])];
    all.forEach(([text, list], i) =>
      near(sentenceTer(text, list, ours), sentences[i], `${text} | ${list[0]}`),
    );
    const first = all.map(([, list]) => [list[0]]);
    near(corpusTer(all.map(([text]) => text), first, ours), corpus, "corpus"); // prettier-ignore
  });
});

describe("ROUGE", () => {
  it.each([false, true])("equals rouge-score's, stems %s", (stem) => {
    const entry = golden.rouge.find((one: { stem: boolean }) => one.stem === stem);
    entry.pairs.forEach(([text, reference]: [string, string], i: number) => {
      const ours = rouge(text, reference, { stem });
      for (const [kind, [precision, recall, fmeasure]] of Object.entries(
        entry.scores[i] as Record<string, number[]>,
      )) {
        const found = ours[kind as keyof typeof ours];
        near(found.precision, precision, `${kind} precision of ${text} | ${reference}`);
        near(found.recall, recall, `${kind} recall`);
        near(found.fmeasure, fmeasure, `${kind} F`);
      }
    });
  });

  it("takes the best of several references", () => {
    const score = corpusRouge(["a b c"], [["x", "a b"]]).rouge1;
    expect([score.precision, score.recall]).toEqual([2 / 3, 1]);
  });

  it("stems as NLTK's Porter", () => {
    for (const [word, stem] of golden.stems) expect(porterStem(word), word).toBe(stem);
  });
});

describe("classification", () => {
  it("equals scikit-learn's", () => {
    for (const { truth, predicted, mcc, kappa, binary, ...entry } of golden.classes) {
      near(accuracy(truth, predicted), entry.accuracy, "accuracy");
      near(matthewsCorrelation(truth, predicted), mcc, "mcc");
      if (kappa !== null) near(cohenKappa(truth, predicted), kappa, "kappa");
      for (const average of ["micro", "macro", "weighted"] as const) {
        const { precision, recall, f1 } = precisionRecallF1(truth, predicted, average);
        [precision, recall, f1].forEach((value, i) =>
          near(value, entry[average][i], `${average} of ${truth}`),
        );
      }
      if (binary) {
        const { precision, recall, f1 } = precisionRecallF1(truth, predicted, "binary");
        [precision, recall, f1].forEach((value, i) => near(value, binary[i], "binary"));
      }
    }
  });

  it("counts what was taken for what", () => {
    expect(confusionCounts(["b", "a", "b"], ["a", "a", "b"])).toEqual({
      labels: ["a", "b"],
      counts: [
        [1, 0],
        [1, 1],
      ],
    });
    expect(classScores(["a", "b"], ["a", "a"])[1]).toEqual({
      label: "b",
      precision: 0,
      recall: 0,
      f1: 0,
      support: 1,
    });
    expect(() => accuracy(["a"], ["a", "b"])).toThrow("expected as many predicted as truth: 1, got 2");
  });
});

describe("scores and probabilities", () => {
  it("are judged as scikit-learn judges them", () => {
    for (const { scores, positive, auc, ap, brier, log_loss, ece } of golden.ranking) {
      near(rocAuc(scores, positive), auc, "auc");
      near(averagePrecision(scores, positive), ap, "average precision");
      near(brierScore(scores, positive), brier, "Brier");
      near(logLoss(scores, positive), log_loss, "log loss");
      near(calibrationError(scores, positive).expected, ece, "ECE");
    }
  });

  it("are told apart by what happened", () => {
    const bins = reliability([0, 0.1, 0.95], [false, true, true]);
    expect(bins[0]).toMatchObject({ count: 2, confidence: 0.05, frequency: 0.5 });
    expect(bins[9]).toMatchObject({ from: 0.9, to: 1, count: 1 });
    expect(() => rocAuc([0.1, 0.2], [true, true])).toThrow("expected positives and negatives, got 2 and 0");
    expect(() => brierScore([1.2], [true])).toThrow("expected probabilities from 0 to 1, got 1.2");
    expect(() => rocAuc([NaN, 1], [true, false])).toThrow("NaN at place 0");
  });
});

describe("answers, speech, code", () => {
  it("match as SQuAD's script says", () => {
    const { exactMatch, f1 } = answerScore(texts, references);
    near(exactMatch, golden.squad.em, "exact match");
    near(f1, golden.squad.f1, "F1");
  });

  it("have jiwer's error rates", () => {
    const [ours, theirs] = [0, 1].map((side) => golden.spoken.map((pair: string[]) => pair[side]));
    near(wordErrorRate(ours, theirs), golden.rates.wer, "word error rate");
    near(characterErrorRate(ours, theirs), golden.rates.cer, "character error rate");
    expect(() => wordErrorRate(["a"], [" "])).toThrow("expected references with words");
  });

  it("pass at k as in the paper's formula", () => {
    // 1 − C(7, 2)/C(10, 2) = 1 − 21/45.
    expect(passAtK(10, 3, 2)).toBeCloseTo(24 / 45, 12);
    expect([passAtK(5, 0, 1), passAtK(5, 5, 3), passAtK(5, 4, 2)]).toEqual([0, 1, 1]);
    expect(meanPassAtK([{ tries: 2, right: 1 }, { tries: 2, right: 0 }], 1)).toBe(0.25); // prettier-ignore
    expect(() => passAtK(2, 1, 3)).toThrow("expected k from 1 to the number of tries");
  });
});

describe("texts of a model", () => {
  it("are varied or not", () => {
    expect(distinctN(["a b a b", "a b"], 2)).toBe(2 / 4);
    expect(distinctN(["a"], 2)).toBe(0);
    expect(selfBleu(["a b c d e", "a b c d e"])).toBeCloseTo(100, 9);
    expect(selfBleu(["a b c d e", "v w x y z"])).toBe(0);
  });

  it("surprise it by so many bits", () => {
    const found = surprise("né", [Math.log(1 / 4), Math.log(1 / 2)]);
    expect(found).toMatchObject({ tokens: 2, bytes: 3, characters: 2 });
    expect(found.bitsPerByte).toBeCloseTo(1, 12);
    expect(found.bitsPerCharacter).toBeCloseTo(1.5, 12);
    expect(found.perplexity).toBeCloseTo(Math.sqrt(8), 12);
  });
});

describe("how sure a number is", () => {
  const mean = (list: readonly number[]): number => list.reduce((sum, x) => sum + x, 0) / list.length;

  it("is told by drawing examples again", () => {
    const scores = Array.from({ length: 400 }, (_, i) => i % 2);
    const { value, low, high, error } = bootstrap(scores, mean, { seed: 1 });
    expect(value).toBe(0.5);
    // The standard error of a share: √(p·(1−p)/n) = 0.025.
    expect(Math.abs(error - 0.025)).toBeLessThan(0.002);
    expect(Math.abs(low - 0.451)).toBeLessThan(0.01);
    expect(Math.abs(high - 0.549)).toBeLessThan(0.01);
    expect(bootstrap(scores, mean, { seed: 1 })).toEqual({ value, low, high, error });
  });

  it("tells a difference from chance", () => {
    const a = Array.from({ length: 100 }, (_, i) => (i % 10) / 10);
    const better = a.map((x) => x + 0.1 + (x % 0.3));
    expect(compareScores(better, a).pValue).toBeLessThan(0.01);
    expect(compareScores(a, a.toReversed()).pValue).toBeGreaterThan(0.5);
    expect(compareScores(a, a)).toMatchObject({ difference: 0, low: 0, high: 0, pValue: 1 });
  });
});
