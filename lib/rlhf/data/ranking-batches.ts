/**
 * Rankings as batches: answer j of the batch's rankings stands in rows j·B … (j+1)·B − 1, so the first B rows are the
 * chosen answers of pairs and the next B the rejected ones.
 *
 * A row is prompt and answer, filled up at the end; `segments` say what is what: 1 prompt, 2 answer, 0 padding. `values`
 * hold what else the loss needs of each row: the reference's log-probability, a margin. Shapes: inputs and segments
 * `[K·B, T]`, values `[K·B, V]`. `B` rankings, `K` answers of each, `T` the longest row there is,
 * `V` numbers for each row, one unless more are given.
 */
import { epochOrder } from "../../batches/epoch-order.ts";
import type { Batch, BatchLoader } from "../../batches/random-windows.ts";
import { fail } from "../../core/errors.ts";
import type { TokenRanking } from "./rankings.ts";

/** What a row's `segments` say. */
export const [PADDING, PROMPT, ANSWER] = [0, 1, 2];

export interface RankingBatchOptions {
  /** Rankings in a batch. */
  batchSize: number;
  seed?: number;
  /** Numbers for each row: for ranking i those of its first answer, of its second, …, `V` each; one zero by default. */
  values?: readonly ArrayLike<number>[];
  /** Places in a row; the longest row by default. */
  length?: number;
}

/**
 * Endless batches, every ranking once per epoch, in an order that follows from the seed and the epoch.
 *
 * @throws GradbookError when there are fewer rankings than a batch holds, or not all have as many answers
 */
export function rankingBatches(
  rankings: readonly TokenRanking[],
  options: RankingBatchOptions,
): BatchLoader & { readonly batchesPerEpoch: number } {
  const { batchSize, seed = 1 } = options;
  const { make, length, answers } = batchMaker("rankingBatches", rankings, options);
  const order = epochOrder("rankingBatches", rankings.length, { batchSize, seed });
  if (!(order.batchesPerEpoch >= 1))
    fail("rankingBatches", {
      expected: `at least ${batchSize} preferences for one batch`,
      got: rankings.length,
      hint: "collect more, or lower batchSize",
    });
  return {
    batchSize: batchSize * answers,
    contextLength: length,
    batchesPerEpoch: order.batchesPerEpoch,
    next: () => make(order.next()),
    state: order.state,
    restore: order.restore,
  };
}

/** All rankings in order, for evaluation; the last batch may be smaller. */
export function rankingSequence(rankings: readonly TokenRanking[], options: RankingBatchOptions): Batch[] {
  const { batchSize } = options;
  const { make } = batchMaker("rankingSequence", rankings, options);
  return Array.from({ length: Math.ceil(rankings.length / batchSize) }, (_, b) => {
    const count = Math.min(batchSize, rankings.length - b * batchSize);
    return make(Array.from({ length: count }, (_, i) => b * batchSize + i));
  });
}

function batchMaker(
  where: string,
  rankings: readonly TokenRanking[],
  { batchSize, values, length: given }: RankingBatchOptions,
) {
  if (!Number.isInteger(batchSize) || batchSize < 1)
    fail(where, { expected: "a batchSize of at least 1", got: batchSize });
  const answers = rankings[0]?.answers.length ?? 0;
  const other = rankings.findIndex((ranking) => ranking.answers.length !== answers);
  if (other >= 0)
    fail(where, {
      expected: `${answers} answers in each ranking, as in the first`,
      got: `${rankings[other].answers.length} in number ${other}`,
      hint: "make pairs of them",
    });
  const longest = rankings.reduce(
    (most, { prompt, answers }) => Math.max(most, ...answers.map((a) => prompt.length + a.length)),
    1,
  );
  const length = given ?? longest;
  const perRow = values?.length ? values[0].length / answers : 1;
  if (longest > length) fail(where, { expected: `rows of at most ${length} tokens`, got: longest });
  const make = (places: readonly number[]): Batch => {
    const rows = places.length * answers;
    const [inputs, segments] = [new Int32Array(rows * length), new Int32Array(rows * length)];
    const numbers = new Float32Array(rows * perRow);
    places.forEach((place, i) => {
      const { prompt, answers: texts } = rankings[place];
      texts.forEach((text, j) => {
        const row = j * places.length + i;
        const start = row * length;
        inputs.set(prompt, start);
        inputs.set(text, start + prompt.length);
        segments.fill(PROMPT, start, start + prompt.length);
        segments.fill(ANSWER, start + prompt.length, start + prompt.length + text.length);
        for (let v = 0; v < perRow; v++) numbers[row * perRow + v] = values?.[place][j * perRow + v] ?? 0;
      });
    });
    return {
      ...{ inputs, segments, values: numbers, targets: new Int32Array(0) },
      ...{ batchSize: rows, contextLength: length, targetLength: perRow },
    };
  };
  return { make, length, answers };
}
