/**
 * Speculative decoding: a small model drafts a few tokens, the large one judges them all in one pass and keeps those it
 * would have drawn. The text has exactly the large model's distribution; with a draft that is often right it takes fewer
 * passes of the large one.
 *
 * Papers: Leviathan et al., arXiv 2211.17192; Chen et al., arXiv 2302.01318. A drafted token x with probability q(x) is
 * kept with probability min(1, p(x)/q(x)); at the first refusal a token is drawn from max(0, p − q), rescaled.
 * Left out: a cache for the judging passes.
 */
import { setImmediate } from "node:timers/promises";
import { fail } from "../core/errors.ts";
import { random } from "../core/random.ts";
import { compile, tf } from "../engine/index.ts";
import type { LanguageModel } from "../models/language-model.ts";
import { predictorFor } from "./generate.ts";
import { generateConfig, type GenerateSettings } from "./generate-config.ts";
import { candidates, draw } from "./sample.ts";

export interface SpeculativeOptions extends Partial<GenerateSettings> {
  /** Tokens drafted at a time; default 4. */
  drafted?: number;
}

export interface SpeculativeText {
  /** Tokens after the prompt. */
  ids: number[];
  /** Passes of the large model. */
  passes: number;
  /** Drafted tokens that were kept, as a share of those drafted. */
  accepted: number;
}

/**
 * Text that continues `prompt` as `model` would, drafted by `draft`.
 *
 * @throws GradbookError when the vocabularies differ, or prompt and text do not fit both contexts
 */
export async function speculativeGenerate(
  model: LanguageModel,
  draft: LanguageModel,
  prompt: Iterable<number>,
  { drafted = 4, ...settings }: SpeculativeOptions = {},
): Promise<SpeculativeText> {
  const resolved = generateConfig.parse(settings);
  const { vocabSize } = model.config;
  const contextLength = Math.min(model.config.contextLength, draft.config.contextLength);
  const ids = [...prompt];
  if (draft.config.vocabSize !== vocabSize)
    fail("speculativeGenerate", {
      expected: `a draft with vocabSize ${vocabSize}`,
      got: draft.config.vocabSize,
    });
  if (!Number.isInteger(drafted) || drafted < 1)
    fail("speculativeGenerate", { expected: "at least one drafted token", got: drafted });
  if (ids.length + resolved.maxTokens + drafted > contextLength)
    fail("speculativeGenerate", {
      expected: `prompt, text and draft of at most ${contextLength} tokens together`,
      got: `${ids.length} + ${resolved.maxTokens} + ${drafted}`,
    });
  const generator = random(resolved.seed);
  const judge = windowScores(model);
  const drafter = predictorFor(draft);
  const start = ids.length;
  let [passes, kept, tried] = [0, 0, 0];
  /** Probabilities after temperature, top-k and the rest; all others are 0. */
  const distribution = (logits: Float32Array, written: readonly number[]): Float64Array => {
    const p = new Float64Array(vocabSize);
    for (const { id, probability } of candidates(logits, resolved, written)) p[id] = probability;
    return p;
  };
  const drawFrom = (p: Float64Array): number =>
    draw(
      Array.from(p, (probability, id) => ({ id, probability })).filter(({ probability }) => probability > 0),
      generator.uniform(),
    ).id;
  try {
    while (ids.length - start < resolved.maxTokens) {
      const text = [...ids];
      const guesses: { id: number; q: Float64Array }[] = [];
      for (let i = 0; i < drafted; i++) {
        const q = distribution(drafter.logits(text), text);
        const id = drawFrom(q);
        guesses.push({ id, q });
        text.push(id);
      }
      const scores = judge.after(text, ids.length, drafted + 1);
      passes++;
      let refused = false;
      for (const [i, { id, q }] of guesses.entries()) {
        const p = distribution(scores[i], ids);
        tried++;
        if (generator.uniform() < p[id] / q[id]) {
          kept++;
          ids.push(id);
          continue;
        }
        const rest = p.map((probability, other) => Math.max(0, probability - q[other]));
        const total = rest.reduce((sum, x) => sum + x, 0);
        ids.push(drawFrom(total > 0 ? rest.map((x) => x / total) : p));
        refused = true;
        break;
      }
      if (!refused) ids.push(drawFrom(distribution(scores[drafted], ids)));
      await setImmediate();
    }
  } finally {
    judge.dispose();
    drafter.dispose();
  }
  return {
    ids: ids.slice(start, start + resolved.maxTokens),
    passes,
    accepted: tried === 0 ? 0 : kept / tried,
  };
}

/** Scores of several places of a text in one pass. */
function windowScores(model: LanguageModel) {
  const { contextLength, vocabSize } = model.config;
  const program = compile(
    (ids: tf.Tensor, places: tf.Tensor) =>
      tf.gather(model.logits(ids).reshape([contextLength, vocabSize]), places),
    { name: `${model.kind} judge` },
  );
  return {
    /** Scores after the `count` beginnings of the text that have `from`, `from` + 1, … tokens. */
    after(text: readonly number[], from: number, count: number): Float32Array[] {
      const window = new Int32Array(contextLength);
      window.set(text);
      return tf.tidy(() => {
        const places = tf.range(from - 1, from - 1 + count, 1, "int32");
        const scores = program(
          tf.tensor2d(window, [1, contextLength], "int32"),
          places,
        ).dataSync() as Float32Array;
        return Array.from({ length: count }, (_, i) => scores.slice(i * vocabSize, (i + 1) * vocabSize));
      });
    },
    dispose: () => program.dispose(),
  };
}
