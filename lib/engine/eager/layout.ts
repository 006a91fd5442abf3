/** Graph operations that move elements, and those addressed by indices, by tfjs operations. */
import { sizeOf, type Node, type Shape } from "../graph/value.ts";
import { tf } from "../tf.ts";
import { attribute, type EagerRule, type EagerRules } from "./rule.ts";

const shapeOf = (node: Node): number[] => [...node.outputs[0].shape];

const slice: EagerRule = (node, [x]) => {
  const [start, step] = ["start", "step"].map((name) => [...attribute<Shape>(node, name)]);
  const length = shapeOf(node);
  if (step.every((stride) => stride === 1)) return tf.slice(x, start, length);
  const end = start.map((from, axis) => from + step[axis] * length[axis]);
  // Walking back past the first element: an end that is left open.
  const open = end.reduce((mask, past, axis) => (step[axis] < 0 && past < 0 ? mask | (1 << axis) : mask), 0);
  return tf.stridedSlice(x, start, end, step, 0, open);
};

const pad: EagerRule = (node, [x]) => {
  const [before, after] = [attribute<Shape>(node, "before"), attribute<Shape>(node, "after")];
  const paddings = before.map((count, axis): [number, number] => [count, after[axis]]);
  return tf.pad(x, paddings, attribute(node, "value"));
};

/** Coordinates [rows, 2] of one column in each row. */
const cells = (columns: tf.Tensor): tf.Tensor =>
  tf.stack([tf.range(0, columns.size, 1, "int32"), tf.reshape(columns, [columns.size])], 1);

const scatter: EagerRule = (node, [base, indices, updates]) => {
  if (attribute(node, "mode") === "replace") return tf.tensorScatterUpdate(base, indices, updates);
  const sums = tf.scatterND(indices, updates, shapeOf(node));
  const { producer } = node.inputs[0];
  return producer?.op === "fill" && producer.attributes.value === 0 ? sums : tf.add(base, sums);
};

export const layoutRules: EagerRules = {
  reshape: (node, [x]) => tf.reshape(x, shapeOf(node)),
  transpose: (node, [x]) => tf.transpose(x, [...attribute<Shape>(node, "permutation")]),
  broadcast: (node, [x]) => tf.broadcastTo(x, shapeOf(node)),
  tile: (node, [x]) => tf.tile(x, [...attribute<Shape>(node, "repeats")]),
  concat: (node, inputs) => tf.concat(inputs, attribute(node, "axis")),
  split: (node, [x]) => tf.split(x, [...attribute<Shape>(node, "lengths")], attribute(node, "axis")),
  slice,
  pad,
  barrier: (_node, inputs) => inputs.map((input) => tf.clone(input)),
  gather: (node, [x, indices]) => tf.gather(x, indices, attribute(node, "axis")),
  gatherNd: (_node, [x, indices]) => tf.gatherND(x, indices),
  scatterNd: scatter,
  pick: (node, [x, columns]) => tf.reshape(tf.gatherND(x, cells(columns)), shapeOf(node)),
  addAtColumn: (node, [x, columns, updates]) =>
    tf.add(x, tf.scatterND(cells(columns), tf.reshape(updates, [sizeOf(updates.shape)]), shapeOf(node))),
};
