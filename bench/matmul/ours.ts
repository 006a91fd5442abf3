/** The matmul contestant "gradbook": `node ours.ts PRODUCT_INDEX`. */
import { compile, setRandomState, threads, tf } from "../../lib/engine/index.ts";
import { serveTurns } from "../contestant.ts";
import { PRODUCTS } from "./sizes.ts";

const { rows, inner, columns, transposeA } = PRODUCTS[Number(process.argv[2])];
setRandomState(1);
const a = tf.variable(tf.randomUniform(transposeA ? [inner, rows] : [rows, inner]));
const b = tf.variable(tf.randomUniform([inner, columns]));
// A variable's memory is used again: as PyTorch's `out=`, no new pages at each run.
const product = tf.variable(tf.zeros([rows, columns]));
const step = compile(() => product.assign(tf.matMul(a, b, transposeA)));
step();
await serveTurns({ engine: "graph/onnx", threads: threads() }, step);
