/**
 * The next token's scores with a cache: what was read is not read again.
 *
 * Several texts of different lengths go side by side as rows of a batch. The cache lives in variables that the
 * compiled programs keep in native buffers.
 */
import { fail } from "../core/errors.ts";
import { compile, editMemory, engineName, tf } from "../engine/index.ts";
import type { CachedLanguageModel, CachedScores } from "../models/language-model.ts";
import { writtenAt } from "../nn/cached-attention.ts";
import { KeptTensors } from "../nn/kept-tensors.ts";
import { checkIds, windowPredictor, type Predictor } from "./window-predictor.ts";

/** Several texts at once. */
export interface BatchPredictor {
  /**
   * Scores `[vocabulary]` for the token after each text. Quick when each text is the one of the call before with
   * one token more.
   *
   * @throws GradbookError when a text is empty or longer than the model's context
   */
  logits(texts: readonly (readonly number[])[]): Float32Array[];
  /** The next call reads its texts from their beginning, with the weights as they are then. */
  forget(): void;
  dispose(): void;
}

/** Texts are read in windows of these lengths, so that a short prompt costs little and programs are few. */
const SHORTEST_WINDOW = 16;

export function batchPredictor(model: CachedLanguageModel, rows: number): BatchPredictor {
  const { contextLength, vocabSize } = model.config;
  const cache = model.cacheShapes(rows).map((shape) => tf.tidy(() => tf.variable(tf.zeros(shape), false)));
  const keep = ({ logits, cache: next }: CachedScores): tf.Tensor => {
    next.forEach((part, i) => cache[i].assign(part));
    return logits;
  };
  const weights = new KeptTensors(model.parameters);
  const read = compile(
    (ids: tf.Tensor, last: tf.Tensor) =>
      model.parameters.instead(weights.tensors, () => keep(model.read(ids, last))),
    { name: `${model.kind} read` },
  );
  // A program writes one row into memory that was donated to it; ONNX Runtime's would copy the whole cache.
  const isOnDevice = engineName() === "graph/xla";
  const readOne = compile(
    (ids: tf.Tensor, position: tf.Tensor) =>
      model.parameters.instead(weights.tensors, () => {
        const { logits, written } = model.readOne(ids, position, cache);
        const rowsOf = written.map((part, i) => {
          if (!part) return part;
          const isWhole = part.shape.every((extent, axis) => extent === cache[i].shape[axis]);
          if (!isWhole && !isOnDevice) return part;
          cache[i].assign(isWhole ? part : writtenAt(cache[i], part, position));
          return undefined;
        });
        return { logits, rows: rowsOf };
      }),
    { name: `${model.kind} read one` },
  );

  /** Puts what one token of each row left into the cache, in place. */
  function put(parts: readonly (tf.Tensor | undefined)[], position: Int32Array): void {
    parts.forEach((part, i) => {
      if (!part) return;
      const [, groups, places, channels] = cache[i].shape as number[];
      const fresh = part.dataSync() as Float32Array;
      editMemory(cache[i], (memory) => {
        for (let row = 0; row < rows; row++)
          for (let group = 0; group < groups; group++) {
            const from = (row * groups + group) * channels;
            const at = ((row * groups + group) * places + position[row]) * channels;
            memory.set(fresh.subarray(from, from + channels), at);
          }
      });
    });
  }

  let seen: number[][] = [];

  function readAll(texts: readonly (readonly number[])[], last: tf.Tensor): tf.Tensor {
    const longest = Math.max(...texts.map(({ length }) => length));
    let window = SHORTEST_WINDOW;
    while (window < longest) window *= 2;
    window = Math.min(window, contextLength);
    // A text begins: the weights may have learned since the last one.
    weights.refresh();
    const ids = new Int32Array(rows * window);
    texts.forEach((text, row) => ids.set(text, row * window));
    return read(tf.tensor2d(ids, [rows, window], "int32"), last);
  }

  return {
    logits(texts) {
      check(texts, rows, model.config);
      const goesOn =
        seen.length > 0 && texts.every((text, row) => isOneLonger(text, seen[row]) && text.length > 1);
      seen = texts.map((text) => [...text]);
      const last = Int32Array.from(texts, ({ length }) => length - 1);
      const scores = tf.tidy(() => {
        const place = tf.tensor1d(last, "int32");
        if (!goesOn) return readAll(texts, place).dataSync() as Float32Array;
        const newest = Int32Array.from(texts, (text) => text[text.length - 1]);
        const next = readOne(tf.tensor2d(newest, [rows, 1], "int32"), place);
        put(next.rows, last);
        return next.logits.dataSync() as Float32Array;
      });
      return texts.map((_, row) => scores.slice(row * vocabSize, (row + 1) * vocabSize));
    },
    forget: () => void (seen = []),
    dispose() {
      tf.dispose(cache);
      weights.dispose();
      read.dispose();
      readOne.dispose();
    },
  };
}

function isOneLonger(text: readonly number[], before: readonly number[]): boolean {
  return text.length === before.length + 1 && before.every((id, i) => id === text[i]);
}

function check(
  texts: readonly (readonly number[])[],
  rows: number,
  { contextLength, vocabSize }: { contextLength: number; vocabSize: number },
): void {
  if (texts.length !== rows) fail("generate", { expected: `${rows} texts`, got: texts.length });
  for (const text of texts) {
    checkIds(text, vocabSize);
    if (text.length > contextLength)
      fail("generate", {
        expected: `at most ${contextLength} tokens, the model's contextLength`,
        got: text.length,
        hint: "write fewer tokens, or begin with a shorter prompt",
      });
  }
}

/** One text. Beyond the context length, everything is computed anew from the last contextLength tokens. */
export function cachedPredictor(model: CachedLanguageModel): Predictor {
  const { contextLength, vocabSize } = model.config;
  const within = batchPredictor(model, 1);
  const beyond = windowPredictor(model);
  return {
    logits(ids) {
      checkIds(ids, vocabSize);
      return ids.length > contextLength ? beyond.logits(ids) : within.logits([ids])[0];
    },
    dispose() {
      within.dispose();
      beyond.dispose();
    },
  };
}
