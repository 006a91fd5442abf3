/**
 * From wanted values to a plan: the nodes to run, in order, what has to be fed, and a key that is equal for
 * equal programs.
 *
 * Walking back from the outputs leaves dead nodes behind. Nodes that compute the same thing from the same
 * inputs are merged on the way (the tape often recomputes what the forward pass had).
 */
import { createHash } from "node:crypto";
import { numbersOf, type Attributes, type Data, type Node, type Plan, type Value } from "./value.ts";

export type { Plan } from "./value.ts";

/** A constant up to this many elements enters the key by content, a larger one by its hash. */
const KEY_BY_CONTENT = 16;
const constantKeys = new WeakMap<Data, string>();

function constantKey(data: Data): string {
  if (data.length <= KEY_BY_CONTENT) return data.join();
  let key = constantKeys.get(data);
  if (key === undefined) {
    key = createHash("sha1").update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)).digest("hex"); // prettier-ignore
    constantKeys.set(data, key);
  }
  return key;
}

// Not JSON, which writes NaN and both infinities as null and negative zero as zero.
function attributesKey(attributes: Attributes): string {
  let key = "";
  for (const [name, value] of Object.entries(attributes))
    key += `${name}:${Object.is(value, -0) ? "-0" : value} `;
  return key;
}

/**
 * Plan the computation of `outputs`.
 *
 * @param since a node's number: what was recorded before it is fed, not computed
 */
export function plan(outputs: readonly Value[], since = 0): Plan {
  const numbers = new Map<Value, number>();
  const known = new Map<string, number>();
  const nodes: Node[] = [];
  const inputs: Value[] = [];
  const constants: Value[] = [];
  const parts: string[] = [];
  let next = 0;

  const number = (value: Value): number => {
    if (!value.constant) inputs.push(value);
    const content = value.constant ? `=${constantKey(numbersOf(value))}` : "";
    const key = `${value.dtype}[${value.shape}]${content}`;
    const twin = value.constant ? known.get(key) : undefined;
    if (twin !== undefined) return twin;
    if (value.constant) {
      constants.push(value);
      known.set(key, next);
    }
    parts.push(key);
    return next++;
  };

  const schedule = (node: Node): void => {
    const operands = node.inputs.map((input) => numbers.get(input)!).join();
    const results = node.outputs.map((output) => `${output.dtype}[${output.shape}]`).join("");
    const key = `${node.op}(${operands}){${attributesKey(node.attributes)}}${results}`;
    let first = known.get(key);
    if (first === undefined) {
      first = next;
      next += node.outputs.length;
      known.set(key, first);
      nodes.push(node);
      parts.push(key);
    }
    for (const output of node.outputs) numbers.set(output, first + output.position);
  };

  // Depth first with an explicit stack: training graphs are deeper than the call stack allows.
  const stack: Value[] = [...outputs].reverse();
  while (stack.length > 0) {
    const value = stack[stack.length - 1];
    if (numbers.has(value)) {
      stack.pop();
      continue;
    }
    const { producer: maker } = value;
    const producer = value.data || (maker && maker.serial < since) ? undefined : maker;
    if (!producer) {
      numbers.set(value, number(value));
      stack.pop();
      continue;
    }
    const missing = producer.inputs.filter((input) => !numbers.has(input));
    if (missing.length === 0) schedule(producer);
    else for (let i = missing.length - 1; i >= 0; i--) stack.push(missing[i]);
  }

  parts.push(`>${outputs.map((value) => numbers.get(value))}`);
  return {
    nodes,
    inputs,
    constants,
    outputs,
    numberOf: (value) => numbers.get(value)!,
    key: createHash("sha1").update(parts.join(";")).digest("base64"),
  };
}
