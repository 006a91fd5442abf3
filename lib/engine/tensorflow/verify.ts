/** A program of its own: multiplies matrices on TensorFlow, checks the product, prints version, device and speed. */
import { fail } from "../../core/errors.ts";
import { tf } from "../tf.ts";
import { loadTensorflow, TENSORFLOW, tensorflowFacts } from "./load.ts";

const SIZE = 512;
const ROUNDS = 20;

loadTensorflow();
tf.setBackend(TENSORFLOW);
const [ones, twos] = [tf.ones([SIZE, SIZE]), tf.fill([SIZE, SIZE], 2)];
const product = tf.matMul(ones, twos).dataSync();
if (!product.every((value) => value === 2 * SIZE))
  fail("engine tensorflow", { expected: `a matrix product of ${2 * SIZE} everywhere`, got: product[0] });
const started = performance.now();
for (let round = 0; round < ROUNDS; round++) tf.tidy(() => tf.matMul(ones, twos).dataSync());
const seconds = (performance.now() - started) / 1000;
const { version, device } = tensorflowFacts();
const rate = Math.round((ROUNDS * 2 * SIZE ** 3) / seconds / 1e9);
console.log(`TensorFlow ${version} on the ${device}: matrix products are right, ${rate} GFLOP/s`);
