/**
 * Batches for training: windows of `T` tokens cut out of a long text at random places.
 *
 * The input is tokens i … i+T−1, the target the same window one token later: at every position the model has to
 * name the next token. Places are drawn with replacement from a seeded generator, whose state can be saved, so
 * that a resumed run sees the batches it would have seen.
 * Left out: several texts with borders between them (a window may span two chapters), shards on disk.
 */
import { fail } from "../core/errors.ts";
import { random, type RandomState } from "../core/random.ts";

/** Token ids of a text, one after another. */
export type Tokens = Uint32Array | Uint16Array | Int32Array;

/** The target of a place that is not learned from, as in PyTorch's cross-entropy. */
export const IGNORED = -100;

/** `B` windows of `T` tokens, row after row. */
export interface Batch {
  /** `[batch, time]` */
  inputs: Int32Array;
  /** `[batch, targetLength]`: what the model has to say at each place; `IGNORED` where it need not. */
  targets: Int32Array;
  batchSize: number;
  contextLength: number;
  /** Targets in a row, where they are not as many as inputs (encoder and decoder); contextLength by default. */
  targetLength?: number;
  /** `[batch, targetLength]`: the places in the row that `targets` belong to, where only some have one (masked tokens). */
  places?: Int32Array;
  /** `[batch, targetLength]`: quantities to come close to, in the place of `targets` (regression, margins). */
  values?: Float32Array;
  /** `[batch, time]`: 1, 2, … for the documents packed into a row, 0 for padding. */
  segments?: Int32Array;
  /** `[batch, time]`, with `segments`: position within the document. */
  positions?: Int32Array;
  /** Tokens in it, where rows are filled up; batchSize · contextLength by default. */
  tokens?: number;
  /** What is known of the batch and worth plotting: rewards, lengths. Logged with the step that learns from it. */
  metrics?: Readonly<Record<string, number>>;
}

/** Where a loader is: plain data, for checkpoints. */
export interface LoaderState {
  random: RandomState;
  batches: number;
  /** Of the loader whose batches this one changes. */
  source?: LoaderState;
  /** Of the loaders that a mixture draws from, and how many rows of its latest batch each has given. */
  sources?: { loader: LoaderState; rows: number }[];
  /** Batches that are made already and not given yet, of a loader that makes them in `prepare`; plain data. */
  pending?: unknown;
}

/** An endless source of batches that can be taken up again where it was left. */
export interface BatchLoader {
  /** Windows per batch. */
  readonly batchSize: number;
  /** Tokens per window. */
  readonly contextLength: number;
  /** Gets so many batches ready that `next` gives at once: for a loader that has to wait for them (answers, rewards). */
  prepare?(batches: number): Promise<void>;
  next(): Batch;
  state(): LoaderState;
  restore(state: LoaderState): void;
}

export interface WindowOptions {
  batchSize: number;
  contextLength: number;
}

/**
 * Random windows over `tokens`, without end.
 *
 * @throws GradbookError when the text has fewer than contextLength + 1 tokens
 * @example const { inputs, targets } = randomWindows(ids, { batchSize: 12, contextLength: 64, seed: 1 }).next();
 */
export function randomWindows(tokens: Tokens, options: WindowOptions & { seed: number }): BatchLoader {
  const { batchSize, contextLength, seed } = options;
  checkWindows("randomWindows", tokens, options);
  const generator = random(seed);
  let batches = 0;
  return {
    batchSize,
    contextLength,
    next() {
      batches++;
      const starts = Array.from({ length: batchSize }, () =>
        generator.integer(tokens.length - contextLength),
      );
      return windowsAt(tokens, starts, contextLength);
    },
    state: () => ({ random: generator.state(), batches }),
    restore(state) {
      generator.restore(state.random);
      batches = state.batches;
    },
  };
}

/** The batch of the windows that begin at `starts`. */
export function windowsAt(tokens: Tokens, starts: readonly number[], contextLength: number): Batch {
  const inputs = new Int32Array(starts.length * contextLength);
  const targets = new Int32Array(starts.length * contextLength);
  starts.forEach((start, row) => {
    inputs.set(tokens.subarray(start, start + contextLength), row * contextLength);
    targets.set(tokens.subarray(start + 1, start + 1 + contextLength), row * contextLength);
  });
  return { inputs, targets, batchSize: starts.length, contextLength };
}

/** Complains unless the numbers are whole and positive and the text holds at least one window. */
export function checkWindows(
  where: string,
  tokens: Tokens,
  { batchSize, contextLength }: WindowOptions,
): void {
  for (const [name, value] of Object.entries({ batchSize, contextLength }))
    if (!Number.isSafeInteger(value) || value < 1)
      fail(where, { expected: `${name} to be a whole number ≥ 1`, got: value });
  if (tokens.length <= contextLength)
    fail(where, {
      expected: `more than ${contextLength} tokens, for one window and its targets`,
      got: tokens.length,
      hint: "use a longer text or a smaller contextLength",
    });
}
