/**
 * Writing: ask for the next token's scores, draw one, append it, ask again.
 *
 * Tokens come one by one as they are drawn, so a caller can show them, or stop by leaving its loop.
 */
import { setImmediate } from "node:timers/promises";
import { random } from "../core/random.ts";
import { isCached, type LanguageModel } from "../models/language-model.ts";
import type { Tokenizer } from "../tokenizers/tokenizer.ts";
import { cachedPredictor } from "./cached-predictor.ts";
import { generateConfig, type GenerateSettings } from "./generate-config.ts";
import { candidates, draw, logProbabilities } from "./sample.ts";
import { stopFilter } from "./stop-strings.ts";
import { windowPredictor, type Predictor } from "./window-predictor.ts";

export interface GeneratedToken {
  id: number;
  /** ln of the probability that the model itself gave the token, before temperature and the rest. */
  logProbability: number;
}

/**
 * Tokens that continue `prompt`, one by one.
 *
 * @param prompt token ids, at least one
 * @param given a predictor of this model to use, and to keep for the next text; otherwise one is made
 * @throws GradbookError on an empty prompt or settings out of range
 * @example for await (const { id } of generate(model, tokenizer.encode("Call me"))) …
 */
export async function* generate(
  model: LanguageModel,
  prompt: Iterable<number>,
  settings: Partial<GenerateSettings> = {},
  given?: Predictor,
): AsyncGenerator<GeneratedToken> {
  const resolved = generateConfig.parse(settings);
  const generator = random(resolved.seed);
  const predictor = given ?? predictorFor(model);
  const ids = [...prompt];
  try {
    for (let count = 0; count < resolved.maxTokens; count++) {
      const logits = predictor.logits(ids);
      const { id } = draw(candidates(logits, resolved, ids), generator.uniform());
      ids.push(id);
      yield { id, logProbability: logProbabilities(logits)[id] };
      await setImmediate();
    }
  } finally {
    if (!given) predictor.dispose();
  }
}

/** The fastest way to a model's next token. Dispose it when done. */
export function predictorFor(model: LanguageModel): Predictor {
  return isCached(model) ? cachedPredictor(model) : windowPredictor(model);
}

export interface GenerateTextOptions extends Partial<GenerateSettings> {
  /** Called with each new piece of text as it is written, beginning with the prompt. */
  onText?: (piece: string) => void;
  /** Ends the text after the token in which it is aborted. */
  signal?: AbortSignal;
  /** Strings that end the text where they would begin. */
  stop?: readonly string[];
}

/**
 * Text that continues `prompt`, which it begins with.
 *
 * @example await generateText(model, tokenizer, "Call me", { temperature: 0.8, topK: 20, seed: 1 })
 */
export async function generateText(
  model: LanguageModel,
  tokenizer: Tokenizer,
  prompt: string,
  { onText, signal, stop = [], ...settings }: GenerateTextOptions = {},
): Promise<string> {
  const stream = tokenizer.decodeStream();
  const filter = stopFilter(stop);
  let text = "";
  const write = (piece: string): void => {
    text += piece;
    if (piece !== "") onText?.(piece);
  };
  write(prompt);
  for await (const { id } of generate(model, tokenizer.encode(prompt), settings)) {
    const { text: shown, stopped } = filter.push(stream.push(id));
    write(shown);
    if (stopped) return text;
    if (signal?.aborted) break;
  }
  write(filter.push(stream.end()).text + filter.end());
  return text;
}
