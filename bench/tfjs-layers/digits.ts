/**
 * A script of the outside world: it knows TensorFlow.js and nothing of gradbook. A convolutional network of the shape
 * that tfjs's own examples give to MNIST learns to tell ten drawn figures apart.
 *
 * `node digits.ts` runs it on tfjs's CPU backend, `node --import ../../lib/engine/index.ts digits.ts` on gradbook's engine.
 */
import tf from "@tensorflow/tfjs";

const [IMAGES, SIDE, CLASSES, BATCH] = [256, 28, 10, 64];
const epochs = Number(process.argv[2] ?? 3);

/** Figure `kind` is a bar at its own angle through a centre that moves from image to image. */
function draw(kind: number, image: number): number[] {
  const angle = (kind * Math.PI) / CLASSES;
  const [x0, y0] = [SIDE / 2 + 4 * Math.sin(image), SIDE / 2 + 4 * Math.cos(1.7 * image)];
  return Array.from({ length: SIDE * SIDE }, (_, i) => {
    const [x, y] = [(i % SIDE) - x0, Math.floor(i / SIDE) - y0];
    const across = Math.abs(x * Math.sin(angle) - y * Math.cos(angle));
    const along = Math.abs(x * Math.cos(angle) + y * Math.sin(angle));
    return (across < 1.5 && along < 9 ? 1 : 0) + 0.1 * Math.sin(i * 12.9 + image);
  });
}

const kinds = Array.from({ length: IMAGES }, (_, image) => image % CLASSES);
const x = tf.tensor4d(kinds.flatMap(draw), [IMAGES, SIDE, SIDE, 1]);
const y = tf.oneHot(tf.tensor1d(kinds, "int32"), CLASSES);

const start = (seed: number) => tf.initializers.varianceScaling({ scale: 1, mode: "fanIn", distribution: "normal", seed }); // prettier-ignore
const model = tf.sequential({
  layers: [
    tf.layers.conv2d({ inputShape: [SIDE, SIDE, 1], kernelSize: 5, filters: 8, activation: "relu", kernelInitializer: start(1) }), // prettier-ignore
    tf.layers.maxPooling2d({ poolSize: 2, strides: 2 }),
    tf.layers.conv2d({ kernelSize: 5, filters: 16, activation: "relu", kernelInitializer: start(2) }),
    tf.layers.maxPooling2d({ poolSize: 2, strides: 2 }),
    tf.layers.flatten(),
    tf.layers.dense({ units: CLASSES, activation: "softmax", kernelInitializer: start(3) }),
  ],
});
model.compile({ optimizer: tf.train.adam(0.003), loss: "categoricalCrossentropy", metrics: ["accuracy"] });

const milliseconds: number[] = [];
let begun = 0;
const { history } = await model.fit(x, y, {
  batchSize: BATCH,
  epochs,
  verbose: 0,
  callbacks: {
    onBatchBegin: () => void (begun = performance.now()),
    onBatchEnd: () => void milliseconds.push(performance.now() - begun),
  },
});
console.log(JSON.stringify({ backend: tf.getBackend(), accuracy: history.acc.at(-1), milliseconds }));
