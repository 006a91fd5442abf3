/** The model that a recipe trains: the base itself, the base with parts frozen, or an adapter on it. */
import { GPT } from "../models/gpt.ts";
import { checkAdapter } from "./check-adapter.ts";
import { freeze } from "./freeze.ts";
import type { LoraConfig } from "./lora-config.ts";
import { withLora } from "./lora-gpt.ts";
import type { SftSettings } from "./sft-config.ts";

/** @throws GradbookError when settings contradict each other */
export function adapted(
  base: GPT,
  { adapter, freeze: patterns, seed }: Pick<SftSettings, "adapter" | "freeze" | "seed">,
  lora: Partial<LoraConfig> = {},
): GPT {
  const frozen = patterns.split(",").map((one) => one.trim()).filter((one) => one !== ""); // prettier-ignore
  checkAdapter("sft", adapter, frozen, lora);
  if (adapter === "none") {
    if (frozen.length === 0) return base;
    return new GPT(base.config, { weights: base.parameters.read(), adapt: (tree) => freeze(tree, frozen) });
  }
  return withLora(base, lora, { seed });
}
