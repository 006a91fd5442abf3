/**
 * Several answers to each of many prompts, written in batches by one predictor, whatever their number: what people or a
 * reward model then rank.
 */
import { fail } from "../../core/errors.ts";
import { batchPredictor, type BatchPredictor } from "../../generate/cached-predictor.ts";
import { generateBatch, type Completion } from "../../generate/generate-batch.ts";
import type { GenerateSettings } from "../../generate/generate-config.ts";
import { isCached, type LanguageModel } from "../../models/language-model.ts";
import type { Tokenizer } from "../../tokenizers/tokenizer.ts";

export interface SampleOptions extends Partial<GenerateSettings> {
  tokenizer: Tokenizer;
  /** Answers to each prompt. Default 4. */
  n?: number;
  /** Answers that are written at a time. Default 32. */
  rows?: number;
  /** An answer that writes this token is done. */
  endToken?: number;
  signal?: AbortSignal;
}

export interface SampledAnswer {
  text: string;
  /** Σ ln π of its tokens, before temperature and the rest. */
  logp: number;
  ids: number[];
  /** Whether it came to an end by itself. */
  finished: boolean;
}

/**
 * `n` answers to every prompt; the same seed writes the same ones whatever `rows` is.
 *
 * @returns for each prompt its answers; fewer when the signal is aborted
 * @throws GradbookError as generateBatch
 * @example const [answers] = await sampleAnswers(model, ["Guest: Tea, please.\nWaiter:"], { tokenizer, maxTokens: 30 });
 */
export async function sampleAnswers(
  model: LanguageModel,
  prompts: readonly string[],
  { tokenizer, n = 4, rows = 32, endToken, signal, seed = 0, ...settings }: SampleOptions,
): Promise<SampledAnswer[][]> {
  if (!Number.isInteger(n) || n < 1) fail("sampleAnswers", { expected: "n of at least 1", got: n });
  const found: SampledAnswer[][] = prompts.map(() => []);
  const encoded = prompts.map((prompt) => [...tokenizer.encode(prompt)]);
  const places = prompts.flatMap((_, place) => new Array<number>(n).fill(place));
  const size = Math.min(rows, places.length);
  const predictor: BatchPredictor | undefined =
    isCached(model) && size > 0 ? batchPredictor(model, size) : undefined;
  try {
    for (let start = 0; start < places.length && !signal?.aborted; start += size) {
      const own = places.slice(start, start + size);
      // A predictor is for as many rows as it was made for; what fills up the last batch is thrown away.
      const filled = Array.from({ length: size }, (_, row) => encoded[own[row] ?? own[0]]);
      const options = { ...settings, seed: seed + start, endToken, signal, predictor };
      const written = await generateBatch(model, filled, options);
      own.forEach((place, row) => {
        if (written[row].reason !== "stopped") found[place].push(sampled(written[row], tokenizer, endToken));
      });
    }
  } finally {
    predictor?.dispose();
  }
  return found;
}

function sampled(completion: Completion, tokenizer: Tokenizer, endToken?: number): SampledAnswer {
  const { ids, logProbabilities, reason } = completion;
  return {
    text: tokenizer.decode(ids.at(-1) === endToken ? ids.slice(0, -1) : ids),
    logp: logProbabilities.reduce((sum, log) => sum + log, 0),
    ids,
    finished: reason === "end",
  };
}
