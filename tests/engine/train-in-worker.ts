/** A worker thread that fits a line through the origin and posts its slope. */
import { parentPort, workerData } from "node:worker_threads";
import { compile, tf } from "../../lib/engine/index.ts";

const slope = workerData as number;
const weight = tf.variable(tf.zeros([1, 1]));
const optimizer = tf.train.sgd(0.05);
const step = compile((x: tf.Tensor2D, y: tf.Tensor2D) =>
  optimizer.minimize(() => tf.losses.meanSquaredError(y, tf.matMul(x, weight)), true, [weight]),
);
const x = tf.tensor2d([1, 2, 3], [3, 1]);
const y = tf.mul(x, slope) as tf.Tensor2D;
for (let i = 0; i < 60; i++) tf.dispose(step(x, y)!);
parentPort!.postMessage(weight.dataSync()[0]);
