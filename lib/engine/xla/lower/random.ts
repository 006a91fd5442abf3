/** The counter-based generator in StableHLO: the same integers as in ONNX. */
import { sizeOf } from "../../graph/value.ts";
import type { HloModule, Term } from "../module.ts";
import type { Rule, Rules } from "./rule.ts";

const FIRST = 0x7feb352d;
const SECOND = 0x846ca68b | 0;
const COUNTER = 0x9e3779b9 | 0;

const xorShift = (module: HloModule, x: Term, bits: number): Term =>
  module.op("xor", [x, module.withNumber("shift_right_logical", x, bits)]);

const randomBits: Rule = (module, node, [seed]) => {
  const { shape } = node.outputs[0];
  const spread = module.withNumber("multiply", module.iota([sizeOf(shape)], 0), COUNTER);
  const start = module.withNumber("multiply", xorShift(module, module.reshape(seed, []), 16), FIRST);
  const mixed = module.binary("add", spread, start);
  const first = module.withNumber("multiply", xorShift(module, mixed, 16), FIRST);
  const second = module.withNumber("multiply", xorShift(module, first, 15), SECOND);
  return module.reshape(second, shape);
};

const uniform: Rule = (module, _node, [bits]) =>
  module.withNumber("multiply", module.convert(module.withNumber("shift_right_logical", bits, 8), "f32"), 2 ** -24); // prettier-ignore

export const randomRules: Rules = { randomBits, uniform };
