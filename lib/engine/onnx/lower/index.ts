/** Every lowering rule by operation name. */
import { adamwRules } from "./adamw.ts";
import { convolutionRules } from "./convolution.ts";
import { descentRules } from "./descent.ts";
import { elementwiseRules } from "./elementwise.ts";
import { indexingRules } from "./indexing.ts";
import { layoutRules } from "./layout.ts";
import { linearRules } from "./linear.ts";
import { randomRules } from "./random.ts";
import { reduceRules } from "./reduce.ts";
import type { Rules } from "./rule.ts";

export const rules: Rules = {
  ...elementwiseRules,
  ...layoutRules,
  ...reduceRules,
  ...indexingRules,
  ...linearRules,
  ...convolutionRules,
  ...adamwRules,
  ...descentRules,
  ...randomRules,
};
