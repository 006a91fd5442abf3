/** The counter-based generator in StableHLO: the same integers as in ONNX. */
import { COUNTER, FIRST, SECOND, UNIT } from "../../graph/random.ts";
import { sizeOf } from "../../graph/value.ts";
import type { HloModule, Term } from "../module.ts";
import type { Rule, Rules } from "./rule.ts";

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
  module.withNumber("multiply", module.convert(module.withNumber("shift_right_logical", bits, 8), "f32"), UNIT); // prettier-ignore

export const randomRules: Rules = { randomBits, uniform };
