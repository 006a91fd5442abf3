/** The settings of LoRA that a person turns. */
import { boolean, choice, defineConfig, integer, number, type ConfigValues } from "../core/config.ts";
import { QUANTIZATIONS } from "../engine/index.ts";
import type { LoraSettings } from "../nn/lora.ts";

export const loraConfig = defineConfig("lora", {
  rank: integer({
    default: 8,
    min: 1,
    max: 1024,
    description: "Width of the thin matrices: how much can be learned. Twice the rank, twice the parameters.",
  }),
  alpha: number({
    default: 16,
    min: 0.01,
    max: 10_000,
    description: "How strongly what is learned counts; often twice the rank.",
  }),
  rankStabilized: boolean({
    default: false,
    description: "Divide by the root of the rank instead of the rank, for large ranks (arXiv 2312.03732).",
  }),
  targets: choice(["attention", "all"], {
    default: "all",
    description:
      "Which matrices get one: those of attention, or those of feed-forward, too (arXiv 2305.14314).",
  }),
  dora: boolean({
    default: false,
    description:
      "DoRA: how long each column is becomes a number of its own to train (arXiv 2402.09353). Slower, better at low ranks.",
  }),
  quantization: choice(["none", ...QUANTIZATIONS], {
    default: "none",
    description:
      "QLoRA: keep the frozen matrices in few bits (arXiv 2305.14314). nf4: an eighth of the memory; slower.",
  }),
});

export type LoraConfig = ConfigValues<typeof loraConfig>;

/** The settings by the names of a transformer's matrices. */
export function loraSettings(config: LoraConfig): LoraSettings {
  const { targets, ...rest } = config;
  return { ...rest, targets: targets === "all" ? ["c_attn", "c_proj", "c_fc"] : ["c_attn"] };
}
