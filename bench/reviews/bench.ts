/**
 * How many unseen film reviews does a BERT that was pre-trained here judge rightly, and how many does counting words? Reads the
 * reviews that it learns from, Amazon's and WordNet's explanations of words, is fine-tuned three times, and is their mean (model soup).
 * Takes half an hour on two cores; needs the data sets movie-reviews, amazon-reviews and wordnet.
 */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { amazonReviews, movieReviews, wordNet } from "../../datasets/index.ts";
import { labelledBatches, maskedTokens, type LabelledIds } from "../../lib/batches/index.ts";
import { random } from "../../lib/core/random.ts";
import { trainTextClassifier } from "../../lib/data/index.ts";
import { classify, meanWeights, textJudge } from "../../lib/finetune/index.ts";
import { Bert, type SequenceModel } from "../../lib/models/index.ts";
import { trainWordPiece } from "../../lib/tokenizers/index.ts";
import { train } from "../../lib/train/index.ts";
import type { Line } from "../report.ts";

/** Steps of reading, and times that the labelled reviews are seen by each of three judges. */
export const SETTING = { steps: 3500, epochs: 3, judges: 3 };
const [CONTEXT, TEST, RATE] = [48, 1000, 0.25];

interface Review {
  text: string;
  rating: number;
}

/** Clear reviews to test on and to learn from, and vague ones, which are learned from, too. */
async function reviews(): Promise<{ test: Review[]; learned: Review[] }> {
  const all: Review[] = [];
  for await (const { text, metadata } of movieReviews.documents())
    all.push({ text, rating: metadata!.rating as number });
  const clear = all.filter(({ rating }) => Math.abs(rating) > 0.5);
  random(1).shuffle(clear);
  const vague = all.filter(({ rating }) => Math.abs(rating) <= 0.5);
  return { test: clear.slice(0, TEST), learned: [...clear.slice(TEST), ...vague] };
}

async function readable(learned: readonly Review[]): Promise<{ own: string[]; glosses: string[] }> {
  const own = learned.map(({ text }) => text);
  for await (const { text } of amazonReviews.documents()) own.push(text);
  const glosses: string[] = [];
  for await (const { text, metadata } of wordNet.documents())
    if (metadata!.part !== "noun") glosses.push(`${(metadata!.words as string[]).join(", ")}: ${text}`);
  return { own, glosses };
}

export async function bench({
  setting = SETTING,
}: {
  peers?: boolean;
  setting?: typeof SETTING;
}): Promise<Line[]> {
  const folder = mkdtempSync(join(tmpdir(), "gradbook-reviews-"));
  const { test, learned } = await reviews();
  const right = (scores: readonly number[]): number =>
    scores.filter((score, i) => score > 0 === test[i].rating > 0).length / test.length;
  const line = (contestant: string, started: number, accuracy: number): Line => {
    const time = performance.now() - started;
    const interval = 1.96 * Math.sqrt((accuracy * (1 - accuracy)) / test.length);
    const about = { accuracy: Number(accuracy.toFixed(4)), interval: Number(interval.toFixed(3)) };
    return { what: "reviews", contestant, median: time, least: time, about };
  };

  const began = performance.now();
  const { own, glosses } = await readable(learned);
  const tokenizer = trainWordPiece(own, { vocabSize: 8000, lowercase: true });
  const [padId, maskId] = ["[PAD]", "[MASK]"].map((name) => tokenizer.special.get(name)!);
  const rows = (texts: readonly string[]): LabelledIds[] =>
    texts.map((text) => ({ ids: tokenizer.encode(text).subarray(0, CONTEXT), class: 0 })).filter(({ ids }) => ids.length > 0); // prettier-ignore
  const shape = {
    layers: 2,
    heads: 4,
    width: 128,
    contextLength: CONTEXT,
    vocabSize: tokenizer.vocabSize,
    padId,
  };
  const bert = new Bert({ ...shape, dropout: 0.1 }, { seed: 1 });
  const masking = { maskId, vocabSize: tokenizer.vocabSize, rate: RATE, places: 10, special: [...tokenizer.special.values()] }; // prettier-ignore
  const text = [...own, ...learned.map((review) => review.text), ...glosses];
  const masked = maskedTokens(labelledBatches(rows(text), { batchSize: 64, padId, seed: 3, length: CONTEXT }), { ...masking, seed: 4 }); // prettier-ignore
  await train(
    bert,
    { train: masked, validation: [masked.next(), masked.next()] },
    { steps: setting.steps, learningRate: 2e-3, warmupSteps: 200, evaluateEvery: 0, weightDecay: 0.05 },
    { tokenizer, directory: join(folder, "reading") },
  );

  const body = new Bert({ ...shape, dropout: 0.2 }, { weights: bert.parameters.read() });
  const labelled = learned.map((review) => ({ text: review.text, label: review.rating }));
  const judges: SequenceModel[] = [];
  const judged = (model: SequenceModel): number =>
    right(textJudge(model, { tokenizer, cut: true }).judge(test.map((review) => review.text)).map(({ scores }) => scores[0])); // prettier-ignore
  const singly: number[] = [];
  for (let seed = 1; seed <= setting.judges; seed++) {
    const recipe = { objective: "regression", epochs: setting.epochs, learningRate: 1e-3, tokenDropout: 0.4, tooLong: "cut", seed } as const; // prettier-ignore
    const { model } = await classify(body, { train: labelled, validation: labelled.slice(0, 100) }, recipe, { tokenizer, directory: join(folder, `judge-${seed}`), training: { weightDecay: 0.1 } }); // prettier-ignore
    judges.push(model);
    singly.push(judged(model));
  }
  judges[0].parameters.write(meanWeights(judges));
  const ours = line("BERT, read first, mean of three", began, judged(judges[0]));

  const counting = performance.now();
  const counter = trainTextClassifier(learned.map((review) => ({ text: review.text, label: review.rating > 0 ? "praise" : "blame" })), "praise"); // prettier-ignore
  const counted = line("counting words (TF-IDF)", counting, right(test.map((review) => counter.score(review.text) - 0.5))); // prettier-ignore
  return [{ ...ours, about: { ...ours.about, singly } }, counted];
}
