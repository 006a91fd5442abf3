/** The shape of a lowering rule to StableHLO, and how rules read attributes. */
import type { Node } from "../../graph/value.ts";
import type { HloModule, Term } from "../module.ts";

/** Emit operations that compute `node`'s outputs from `inputs`. */
export type Rule = (module: HloModule, node: Node, inputs: Term[]) => Term | Term[];
export type Rules = Readonly<Record<string, Rule>>;

export { flag, list, number } from "../../onnx/lower/rule.ts";
