/**
 * Several texts written at once: one compiled step serves all rows, which may be of different lengths and end at
 * different times. Each row is what `generate` writes for its prompt with its seed.
 */
import { setImmediate } from "node:timers/promises";
import { fail } from "../core/errors.ts";
import { random } from "../core/random.ts";
import { isCached, type LanguageModel } from "../models/language-model.ts";
import { batchPredictor, type BatchPredictor } from "./cached-predictor.ts";
import { generateConfig, type GenerateSettings } from "./generate-config.ts";
import { candidates, draw, logProbabilities } from "./sample.ts";
import { windowPredictor } from "./window-predictor.ts";

export interface GenerateBatchOptions extends Partial<GenerateSettings> {
  /** A row that writes this token is done. */
  endToken?: number;
  signal?: AbortSignal;
  /** A predictor to use again and again, for as many rows as there are prompts; otherwise one is made. */
  predictor?: BatchPredictor;
}

/** One row. */
export interface Completion {
  /** Tokens after the prompt, the end token included. */
  ids: number[];
  /** ln of the probability that the model itself gave each of them, before temperature and the rest. */
  logProbabilities: number[];
  reason: "end" | "length" | "stopped";
}

/**
 * Continues every prompt. Row i draws with seed + i.
 *
 * @param prompts token ids, at least one each; with `maxTokens` they have to fit into the model's context
 * @throws GradbookError on empty prompts, or when prompt and text together are longer than the context
 */
export async function generateBatch(
  model: LanguageModel,
  prompts: readonly (readonly number[])[],
  { endToken, signal, predictor: given, ...settings }: GenerateBatchOptions = {},
): Promise<Completion[]> {
  const resolved = generateConfig.parse(settings);
  const { contextLength } = model.config;
  const longest = Math.max(0, ...prompts.map(({ length }) => length));
  if (longest + resolved.maxTokens - 1 > contextLength)
    fail("generateBatch", {
      expected: `prompts and texts of at most ${contextLength} tokens together, the model's contextLength`,
      got: `${longest} + ${resolved.maxTokens}`,
      hint: "lower maxTokens, or shorten the prompts",
    });
  if (prompts.length === 0) return [];
  const predictor = given ?? (isCached(model) ? batchPredictor(model, prompts.length) : rowByRow(model));
  const generators = prompts.map((_, row) => random(resolved.seed + row));
  const texts = prompts.map((prompt) => [...prompt]);
  const rows = prompts.map((): Completion => ({ ids: [], logProbabilities: [], reason: "length" }));
  const open = new Set(rows.keys());
  try {
    for (let count = 0; count < resolved.maxTokens && open.size > 0; count++) {
      const logits = predictor.logits(texts);
      for (const [row, text] of texts.entries()) {
        if (!open.has(row)) {
          // A row that is done goes on with what it ended with, so that the others keep their cache.
          text.push(text[text.length - 1]);
          continue;
        }
        const { id } = draw(candidates(logits[row], resolved, text), generators[row].uniform());
        text.push(id);
        rows[row].ids.push(id);
        rows[row].logProbabilities.push(logProbabilities(logits[row])[id]);
        if (id === endToken) {
          rows[row].reason = "end";
          open.delete(row);
        }
      }
      await setImmediate();
      if (!signal?.aborted) continue;
      for (const row of open) rows[row].reason = "stopped";
      break;
    }
  } finally {
    if (!given) predictor.dispose();
  }
  return rows;
}

/** For models without a cache. */
function rowByRow(model: LanguageModel): BatchPredictor {
  const predictor = windowPredictor(model);
  return {
    logits: (texts) => texts.map((text) => predictor.logits(text)),
    forget: () => undefined,
    dispose: () => predictor.dispose(),
  };
}
