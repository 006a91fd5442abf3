/** What the harness needs of a model, and how a language model with its tokenizer gives it. */
import { fail } from "../../core/errors.ts";
import { generate, predictorFor } from "../../generate/generate.ts";
import { stopFilter } from "../../generate/stop-strings.ts";
import { tokenScorer } from "../../generate/token-scorer.ts";
import type { LanguageModel } from "../../models/language-model.ts";
import type { Tokenizer } from "../../tokenizers/tokenizer.ts";

export interface Writing {
  maxTokens: number;
  stop?: readonly string[];
  temperature?: number;
  seed?: number;
}

export interface Evaluable {
  readonly name: string;
  /** ln of the probability of each token of `continuation` after `context`. */
  continuation(context: string, continuation: string): Promise<Float32Array>;
  /** ln of the probability of each token of a text; the first token, which nothing precedes, is left out. */
  text(text: string): Promise<Float32Array>;
  /** What it writes after a prompt, without the prompt. */
  write(prompt: string, options: Writing): Promise<string>;
  dispose(): void;
}

/**
 * A language model and its tokenizer, for the harness. Texts longer than the model's context are read in windows that
 * overlap by half, so that each token has at least half a context before it.
 */
export function evaluable(model: LanguageModel, tokenizer: Tokenizer, name: string = model.kind): Evaluable {
  const { contextLength, vocabSize } = model.config;
  if (tokenizer.vocabSize > vocabSize)
    fail("evaluable", {
      expected: `a tokenizer of at most ${vocabSize} tokens, the model's vocabSize`,
      got: tokenizer.vocabSize,
      hint: "use the tokenizer that the model was trained with",
    });
  const scorer = tokenScorer(model, 4);
  const predictor = predictorFor(model);
  const encode = (text: string): number[] => [...tokenizer.encode(text)];

  /** ln probabilities of ids from place `from` on. */
  function tail(ids: readonly number[], from: number): Float32Array {
    const found = new Float32Array(ids.length - from);
    const windows: { start: number; first: number; end: number }[] = [];
    for (let first = Math.max(from, 1); first < ids.length;) {
      // As much before it as fits: all of the window when it reaches the end, else half.
      const half = first - Math.max(1, Math.floor(contextLength / 2));
      const start = Math.max(0, Math.min(half, ids.length - contextLength - 1));
      const end = Math.min(ids.length, start + contextLength + 1);
      windows.push({ start, first, end });
      first = end;
    }
    const scored = scorer.score(windows.map(({ start, end }) => ids.slice(start, end)));
    windows.forEach(({ start, first, end }, i) =>
      found.set(scored[i].logProbabilities.subarray(first - start - 1, end - start - 1), first - from),
    );
    return from === 0 ? found.subarray(1) : found;
  }

  return {
    name,
    async continuation(context, continuation) {
      const before = encode(context);
      if (before.length === 0)
        fail("evaluable", { expected: "a context of at least one token", got: "none" });
      // Encoded as one text: what stands at the border may belong together. A border inside a token goes to its start.
      const whole = encode(context + continuation);
      let from = 0;
      while (from < before.length && from < whole.length - 1 && whole[from] === before[from]) from++;
      return tail(whole, Math.max(1, from));
    },
    text: async (text) => tail(encode(text), 0),
    async write(prompt, { maxTokens, stop = [], temperature = 0, seed = 0 }) {
      const ids = encode(prompt);
      if (ids.length === 0) fail("evaluable", { expected: "a prompt of at least one token", got: "none" });
      const stream = tokenizer.decodeStream();
      const filter = stopFilter(stop);
      // Room for the answer: of a long prompt the end counts.
      const room = Math.max(1, contextLength - maxTokens);
      let text = "";
      for await (const { id } of generate(
        model,
        ids.slice(-room),
        { maxTokens, temperature, seed },
        predictor,
      )) {
        const { text: piece, stopped } = filter.push(stream.push(id));
        text += piece;
        if (stopped) return text;
      }
      return text + filter.push(stream.end()).text + filter.end();
    },
    dispose() {
      scorer.dispose();
      predictor.dispose();
    },
  };
}
