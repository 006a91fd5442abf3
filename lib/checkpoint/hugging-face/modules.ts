/** The linear layers of a GPT's blocks as transformers calls them: where adapters of other programs sit. */
import { fail } from "../../core/errors.ts";
import type { GPT } from "../../models/gpt.ts";
import { isGPT2 } from "./gpt2.ts";
import { isLlama, llamaRules } from "./llama.ts";

/** One of our linear layers, and theirs that it holds side by side. */
export interface HubModule {
  /** h.0.attn.c_attn */
  ours: string;
  /** model.layers.0.self_attn.q_proj, … */
  theirs: readonly string[];
  inputs: number;
  /** Of each of theirs. */
  outputs: readonly number[];
}

/**
 * @returns the layers, and whether their matrices are `[in, out]` (GPT-2's `Conv1D`) instead of `[out, in]`
 * @throws GradbookError when transformers has no family that computes what this model computes
 */
export function hubModules({ config, parameters }: GPT): { modules: HubModule[]; fanInFanOut: boolean } {
  const linear = [...parameters.specs].filter(([name]) => /\.c_[a-z]+\.weight$/.test(name));
  const fanInFanOut = isGPT2(config);
  if (!fanInFanOut && !isLlama(config))
    fail("adapter for transformers", { expected: "a GPT of GPT-2's or LLaMA's parts", got: "one of others" });
  const rules = new Map(fanInFanOut ? [] : llamaRules(config).map((rule) => [rule.ours, rule]));
  const modules = linear.map(([name, { shape }]): HubModule => {
    const { theirs = [`transformer.${name}`], outputs = [shape[1]] } = rules.get(name) ?? {};
    const bare = (weight: string): string => weight.replace(/\.weight$/, "");
    return { ours: bare(name), theirs: theirs.map(bare), inputs: shape[0], outputs };
  });
  return { modules, fanInFanOut };
}
