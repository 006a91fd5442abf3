/**
 * A child process: 12,000 steps of a small GPT with dropout, clipping and AdamW; prints tensors and resident memory
 * along the way.
 */
import { setImmediate as turn } from "node:timers/promises";
import { tf } from "../../lib/engine/index.ts";
import { GPT } from "../../lib/models/index.ts";
import { AdamW } from "../../lib/optim/index.ts";
import { trainStep } from "../../lib/train/step.ts";

const STEPS = 12_000;
const EVERY = 2_000;

const model = new GPT(
  { vocabSize: 7, contextLength: 4, layers: 1, heads: 1, width: 8, dropout: 0.1 },
  { seed: 1 },
);
const optimizer = new AdamW(model.parameters.groups, { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 });
const step = trainStep(model, optimizer, { weightDecay: 0.1, clipNorm: 1 });

const seen: { tensors: number; buffers: number; resident: number }[] = [];
for (let i = 1; i <= STEPS; i++) {
  const inputs = tf.tensor2d([1, 2, 3, i % 7], [1, 4], "int32");
  const targets = tf.tensor2d([2, 3, i % 7, 1], [1, 4], "int32");
  const learningRate = tf.scalar(1e-3);
  const { loss, gradNorm } = step({ inputs, targets }, { learningRate });
  loss.dataSync();
  tf.dispose([inputs, targets, learningRate, loss, gradNorm]);
  if (i % 100 === 0) await turn();
  if (i % EVERY > 0) continue;
  gc!();
  const { numTensors, numDataBuffers } = tf.memory();
  seen.push({ tensors: numTensors, buffers: numDataBuffers, resident: process.memoryUsage().rss });
}
console.log(JSON.stringify(seen));
