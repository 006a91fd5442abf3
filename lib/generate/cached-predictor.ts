/**
 * The next token's scores with a key–value cache: what was read is not read again.
 *
 * The cache lives in variables that the compiled programs keep in native buffers. A text that outgrows the context
 * goes on with the window predictor.
 */
import { compile, tf } from "../engine/index.ts";
import type { GPT } from "../models/gpt.ts";
import { gptRead, gptReadOne, type CachedScores } from "../models/gpt-cache.ts";
import { checkIds, windowPredictor, type Predictor } from "./window-predictor.ts";

export function cachedPredictor(model: GPT): Predictor {
  const { config, parameters } = model;
  const { contextLength, layers, heads, width } = config;
  const shape = [1, heads, contextLength, width / heads];
  const empty = (): tf.Variable => {
    const zeros = tf.zeros(shape);
    const variable = tf.variable(zeros, false);
    zeros.dispose();
    return variable;
  };
  const caches = Array.from({ length: layers }, () => ({ keys: empty(), values: empty() }));
  const keep = ({ logits, caches: next }: CachedScores): tf.Tensor => {
    next.forEach(({ keys, values }, layer) => {
      caches[layer].keys.assign(keys);
      caches[layer].values.assign(values);
    });
    return logits;
  };
  const read = compile(
    (ids: tf.Tensor, last: tf.Tensor) => keep(gptRead(parameters.tensors(), config, ids, last)),
    { name: "gpt read" },
  );
  const readOne = compile(
    (id: tf.Tensor, position: tf.Tensor) =>
      keep(gptReadOne(parameters.tensors(), config, id, position, caches)),
    { name: "gpt read one" },
  );
  const beyond = windowPredictor(model);
  let seen: number[] = [];

  return {
    logits(ids) {
      checkIds(ids, config.vocabSize);
      if (ids.length > contextLength) return beyond.logits(ids);
      const goesOn = ids.length === seen.length + 1 && seen.every((id, i) => id === ids[i]);
      seen = [...ids];
      const last = ids.length - 1;
      return tf.tidy(() => {
        const position = tf.tensor1d([last], "int32");
        if (goesOn && last > 0) return scores(readOne(tf.tensor2d([[ids[last]]], [1, 1], "int32"), position));
        const window = new Int32Array(contextLength);
        window.set(ids);
        return scores(read(tf.tensor2d(window, [1, contextLength], "int32"), position));
      });
    },
    dispose() {
      tf.dispose(caches.flatMap(({ keys, values }) => [keys, values]));
      read.dispose();
      readOne.dispose();
      beyond.dispose();
    },
  };
}

const scores = (logits: tf.Tensor): Float32Array => (logits.dataSync() as Float32Array).slice();
