/** Every lowering rule by operation name. */
import { attentionRules } from "./attention.ts";
import { convolutionRules } from "./convolution.ts";
import { elementwiseRules } from "./elementwise.ts";
import { indexingRules } from "./indexing.ts";
import { layoutRules } from "./layout.ts";
import { linearRules } from "./linear.ts";
import { randomRules } from "./random.ts";
import { reduceRules } from "./reduce.ts";
import type { Rules } from "./rule.ts";
import { updateRules } from "./update.ts";

export const rules: Rules = {
  ...elementwiseRules,
  ...layoutRules,
  ...linearRules,
  ...attentionRules,
  ...convolutionRules,
  ...reduceRules,
  ...indexingRules,
  ...randomRules,
  ...updateRules,
};
