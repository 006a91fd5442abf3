/**
 * Answers as batches to learn from: when none is left, the policy as it is then answers the next prompts, and the answers
 * are given out in parts, shuffled, once or several times.
 *
 * Which prompts, which answers and which parts follow from the seed and the number of the rollout. A checkpoint in the
 * middle of a rollout holds the rows that are still to be given, since the weights they were drawn with are gone.
 *
 * A batch's `values` are, row by row, the row's lists of numbers per token (each as long as the row, every number at the
 * place that predicts its token) and then its single numbers. `R` rows, `T` time.
 */
import { epochOrder } from "../../batches/epoch-order.ts";
import type { Batch, BatchLoader } from "../../batches/random-windows.ts";
import { fail } from "../../core/errors.ts";
import { random } from "../../core/random.ts";
import type { TokenPrompt } from "../rollout/prompts.ts";
import { answerRows, longestOf, rowLength } from "../rollout/rows.ts";

/** One answer to learn from; plain data. */
export interface RolloutRow {
  prompt: number[];
  answer: number[];
  /** Lists of numbers, one for each token of the answer. */
  perToken: number[][];
  /** Numbers of the whole answer. */
  whole: number[];
}

export interface Rolled {
  rows: RolloutRow[];
  /** Logged with every step that learns from the rollout. */
  metrics: Record<string, number>;
}

export interface RolloutBatchOptions {
  /** Different prompts of a rollout. */
  prompts: number;
  /** Answers to each of them. */
  copies: number;
  /** How often the answers of a rollout are learned from. */
  epochs: number;
  minibatches: number;
  seed: number;
  contextLength: number;
  /** @param seed of the drawing @param number of the rollout, from 0 */
  roll(prompts: readonly TokenPrompt[], seed: number, number: number): Promise<Rolled>;
  /** What changes from rollout to rollout beside the weights: the price of a nat. */
  memory?: { state(): number; restore(saved: number): void };
}

interface Pending {
  rolled?: Rolled;
  /** Places of the rows in each batch to come. */
  queue: number[][];
  memory?: number;
}

/** @throws GradbookError when the answers cannot be cut into equal parts */
export function rolloutBatches(prompts: readonly TokenPrompt[], options: RolloutBatchOptions): BatchLoader {
  const { copies, epochs, minibatches, seed, contextLength, memory } = options;
  const rows = options.prompts * copies;
  if (rows % minibatches !== 0)
    fail("rollouts", {
      expected: `minibatches that divide the ${rows} answers of a rollout`,
      got: minibatches,
    });
  // Fewer prompts than a rollout wants are asked several times.
  const repeats = Math.ceil(options.prompts / prompts.length);
  const order = epochOrder("rollouts", prompts.length * repeats, { batchSize: options.prompts, seed });
  let rolled: Rolled | undefined;
  let queue: number[][] = [];
  const batchSize = rows / minibatches;

  async function rollNext(): Promise<void> {
    const before = order.state();
    const number = order.position;
    try {
      const places = order.next().flatMap((place) => new Array<number>(copies).fill(place % prompts.length));
      const made = await options.roll(places.map((place) => prompts[place]), rolloutSeed(seed, number), number); // prettier-ignore
      const generator = random(rolloutSeed(seed + 1, number));
      for (let epoch = 0; epoch < epochs; epoch++) {
        const shuffled = generator.shuffle(Array.from(made.rows.keys()));
        for (let part = 0; part < minibatches; part++)
          queue.push(shuffled.slice(part * batchSize, (part + 1) * batchSize));
      }
      rolled = made;
    } catch (error) {
      // Whoever goes on from here asks the same prompts again.
      order.restore(before);
      throw error;
    }
  }

  return {
    batchSize,
    contextLength,
    async prepare(batches) {
      if (queue.length >= batches) return;
      if (queue.length > 0 || batches > epochs * minibatches)
        fail("rollouts", {
          expected: `accumulate to divide the ${epochs * minibatches} batches of a rollout`,
          got: batches,
        });
      await rollNext();
    },
    next: () => batchOf(queue.shift()!.map((place) => rolled!.rows[place]), rolled!, contextLength), // prettier-ignore
    state: () => ({
      ...order.state(),
      pending: { rolled: queue.length > 0 ? rolled : undefined, queue: [...queue], memory: memory?.state() },
    }),
    restore(state) {
      order.restore(state);
      const pending = structuredClone(state.pending) as Pending;
      ({ rolled, queue } = pending as Required<Pending>);
      if (pending.memory !== undefined) memory?.restore(pending.memory);
    },
  };
}

/** Far apart for neighbouring seeds and rollouts. */
const rolloutSeed = (seed: number, number: number): number => seed * 1_000_003 + number;

function batchOf(rows: readonly RolloutRow[], { rows: all, metrics }: Rolled, contextLength: number): Batch {
  // One length for the whole rollout, so that its batches share a program.
  const length = rowLength(longestOf(all), contextLength);
  const [lists, singles] = [rows[0].perToken.length, rows[0].whole.length];
  const width = lists * length + singles;
  const values = new Float32Array(rows.length * width);
  rows.forEach(({ prompt, perToken, whole }, row) => {
    const start = row * width;
    perToken.forEach((list, i) => values.set(list, start + i * length + prompt.length - 1));
    values.set(whole, start + lists * length);
  });
  return {
    ...{ ...answerRows(rows, length), targets: new Int32Array(0), values },
    ...{ batchSize: rows.length, contextLength: length, targetLength: width },
    tokens: rows.reduce((sum, { prompt, answer }) => sum + prompt.length + answer.length, 0),
    metrics,
  };
}
