/** Optimizer steps over flat buffers in StableHLO, written out: the compiler makes one pass of each. */
import type { HloModule, Term } from "../module.ts";
import { flag, number, type Rule, type Rules } from "./rule.ts";

/** before · share + now · (1 − share). */
const blend = (module: HloModule, before: Term, now: Term, share: number): Term =>
  module.op("add", [module.withNumber("multiply", before, share), module.withNumber("multiply", now, 1 - share)]); // prettier-ignore

const adamw: Rule = (
  module,
  node,
  [parameters, gradient, first, second, scale, stepSize, deviation, keep],
) => {
  const scaled = module.binary("multiply", gradient, scale);
  const m = blend(module, first, scaled, number(node, "beta1"));
  const v = blend(module, second, module.op("multiply", [scaled, scaled]), number(node, "beta2"));
  const root = module.binary("multiply", module.op("sqrt", [v]), deviation);
  const ratio = module.op("divide", [m, module.withNumber("add", root, number(node, "epsilon"))]);
  const kept = module.binary("multiply", parameters, keep);
  return [module.op("subtract", [kept, module.binary("multiply", ratio, stepSize)]), m, v];
};

const sgd: Rule = (module, node, [parameters, gradient, buffer, scale, rate, keep]) => {
  const momentum = number(node, "momentum");
  const scaled = module.binary("multiply", gradient, scale);
  const moved = module.op("add", [module.withNumber("multiply", buffer, momentum), scaled]);
  const ahead = flag(node, "nesterov")
    ? module.op("add", [scaled, module.withNumber("multiply", moved, momentum)])
    : moved;
  const kept = module.binary("multiply", parameters, keep);
  return [module.op("subtract", [kept, module.binary("multiply", ahead, rate)]), moved];
};

const lion: Rule = (module, node, [parameters, gradient, buffer, scale, rate, keep]) => {
  const scaled = module.binary("multiply", gradient, scale);
  const direction = module.op("sign", [blend(module, buffer, scaled, number(node, "beta1"))]);
  const kept = module.binary("multiply", parameters, keep);
  const next = module.op("subtract", [kept, module.binary("multiply", direction, rate)]);
  return [next, blend(module, buffer, scaled, number(node, "beta2"))];
};

export const updateRules: Rules = { adamw, sgd, lion };
