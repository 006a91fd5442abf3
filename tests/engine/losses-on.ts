/** A child process for engine tests: trains a small GPT with dropout and prints its losses and what it then scores. */
import { GPT } from "../../lib/models/index.ts";
import { tf } from "../../lib/engine/index.ts";
import { cachedPredictor } from "../../lib/generate/cached-predictor.ts";
import { AdamW } from "../../lib/optim/index.ts";
import { trainStep } from "../../lib/train/step.ts";

const model = new GPT(
  { vocabSize: 11, contextLength: 8, layers: 2, heads: 2, width: 16, dropout: 0.1 },
  { seed: 1 },
);
const optimizer = new AdamW(model.parameters.groups, { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 });
const step = trainStep(model, optimizer, { weightDecay: 0.1, clipNorm: 1 });
const ids = (shift: number): tf.Tensor2D =>
  tf.tensor2d(Array.from({ length: 24 }, (_, i) => (i * 3 + shift) % 11), [3, 8], "int32"); // prettier-ignore
const batch = { inputs: ids(0), targets: ids(3) };
const learningRate = tf.scalar(1e-2);

const tensors: number[] = [];
const losses = Array.from({ length: 8 }, () => {
  const { loss, gradNorm } = step(batch, { learningRate });
  const [value] = loss.dataSync();
  tf.dispose([loss, gradNorm]);
  tensors.push(tf.memory().numTensors);
  return value;
});
const predictor = cachedPredictor(model);
const scores = [[1], [1, 4], [1, 4, 7]].map((text) => [...predictor.logits(text)]);
console.log(JSON.stringify({ backend: tf.getBackend(), losses, tensors, scores }));
