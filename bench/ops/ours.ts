/** The ops contestant "gradbook": `node ours.ts NAME`, value and gradients of one fused operation, compiled. */
import * as engine from "../../lib/engine/index.ts";
import { serveTurns } from "../contestant.ts";
import { GROUPS, HEADS, OPERATIONS, type Operation, type OperationName } from "./setting.ts";

const { tf } = engine;
type Images = engine.tf.Tensor4D;
type Extents = [number, number, number, number];

/** Inputs are float32 but for the integers, which come last. */
const FUNCTIONS: Record<OperationName, (...inputs: engine.tf.Tensor[]) => engine.tf.Tensor> = {
  gelu: (x) => engine.gelu(x),
  silu: (x) => engine.silu(x),
  swiglu: (x, y) => engine.swiglu(x, y),
  layerNorm: (x, gain, bias) => engine.layerNorm(x, gain, bias),
  rmsNorm: (x, gain) => engine.rmsNorm(x, gain),
  linear: (x, weight, bias) => engine.linear(x, weight, bias),
  attention: (q, k, v) => engine.attention(q, k, v, { causal: true }),
  selfAttention: (qkv) => engine.selfAttention(qkv, { heads: HEADS, causal: true }),
  embedding: (table, ids) => engine.embedding(table, ids),
  crossEntropy: (logits, targets) => engine.crossEntropy(logits, targets),
  dropout: (x) => engine.dropout(x, 0.1),
  geglu: (x, y) => engine.geglu(x, y),
  squaredRelu: (x) => engine.squaredRelu(x),
  groupNorm: (x, gain, bias) => engine.groupNorm(x, gain, bias, { groups: GROUPS }),
  rotaryHalves: (x) => engine.rotary(x, { layout: "halves" }),
  rotaryPairs: (x) => engine.rotary(x, { layout: "interleaved" }),
  conv2d: (x, kernel) => tf.conv2d(x as Images, kernel as Images, 1, "same"),
  conv2dTranspose: (x, kernel) =>
    tf.conv2dTranspose(x as Images, kernel as Images, x.shape as Extents, 1, "same"),
  maxPool: (x) => tf.maxPool(x as Images, 2, 2, "valid"),
  avgPool: (x) => tf.avgPool(x as Images, 2, 2, "valid"),
};

const name = process.argv[2] as OperationName;
const { floats, integers }: Operation = OPERATIONS[name];
engine.setRandomState(1);
const inputs = floats.map((shape) => engine.randomNormal(shape));
const whole = integers ? [tf.cast(engine.randomUniform(integers.shape, 0, integers.below), "int32")] : [];
const f = (...x: engine.tf.Tensor[]): engine.tf.Tensor => FUNCTIONS[name](...x, ...whole);
const dy = engine.randomNormal(f(...inputs).shape);
for (const tensor of [...inputs, dy, ...whole]) tensor.dataSync(); // computed before the clock starts

// Into variables, whose memory is used again, as PyTorch's allocator and a training step use theirs.
const sinks = [dy, ...inputs].map(({ shape }) => tf.variable(tf.zeros(shape), false));
const step = engine.compile((dy: engine.tf.Tensor, ...x: engine.tf.Tensor[]) => {
  const { value, grads } = tf.valueAndGrads(f)(x, dy);
  [value, ...grads].forEach((tensor, i) => sinks[i].assign(tensor));
});
const once = (): void => void step(dy, ...inputs);
once();
await serveTurns({ engine: engine.engineName(), threads: engine.threads() }, once);
