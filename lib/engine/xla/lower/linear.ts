/** Matrix products and layer normalization in StableHLO. */
import type { Term } from "../module.ts";
import { einsum } from "./einsum.ts";
import { flag, number, type Rule, type Rules } from "./rule.ts";

const matmul: Rule = (module, node, [left, right, bias]) => {
  const { shape } = node.outputs[0];
  const outer = shape.slice(0, -2);
  // A plain matrix on the right needs no copy for each row of the batch.
  const shared = right.shape.length === 2 && !flag(node, "transposeA");
  const whole = (x: Term): Term => module.broadcast(x, [...outer, ...x.shape.slice(-2)]);
  const [a, b] = shared ? [left, right] : [whole(left), whole(right)];
  const axisA = a.shape.length - (flag(node, "transposeA") ? 2 : 1);
  const axisB = b.shape.length - (flag(node, "transposeB") ? 1 : 2);
  const batch = shared ? [] : [...outer.keys()];
  // Gradients of weights sum over many positions, and are small.
  const isWhole = flag(node, "transposeA");
  const plain = module.dot(a, b, { sum: [[axisA], [axisB]], together: [batch, batch] }, isWhole);
  const alpha = node.attributes.alpha === undefined ? 1 : number(node, "alpha");
  const scaled = alpha === 1 ? plain : module.withNumber("multiply", plain, alpha);
  return bias ? module.binary("add", scaled, bias, shape) : scaled;
};

const layerNorm: Rule = (module, node, [x, gain, bias]) => {
  const last = x.shape.length - 1;
  const rows = node.outputs[1].shape;
  const average = (y: Term): Term => module.withNumber("divide", module.reshape(module.reduce("add", y, [last], 0), rows), x.shape[last]); // prettier-ignore
  const mean = average(x);
  const centred = module.binary("subtract", x, mean);
  const variance = average(module.op("multiply", [centred, centred]));
  const inverse = module.op("rsqrt", [module.withNumber("add", variance, number(node, "epsilon"))]);
  const scaled = module.binary("multiply", module.binary("multiply", centred, inverse), gain);
  return [bias ? module.binary("add", scaled, bias) : scaled, mean, inverse];
};

export const linearRules: Rules = { matmul, matmulInt: matmul, einsum, layerNorm };
