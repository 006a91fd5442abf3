/** Whether settings are those of the adapter that a model has: saved with others, it would compute something else. */
import { fail } from "../core/errors.ts";
import type { GPT } from "../models/gpt.ts";
import { loraScale } from "../nn/lora.ts";
import type { LoraConfig } from "./lora-config.ts";

/**
 * Of alpha and rankStabilized the model knows only what they make together, the scale α/r or α/√r.
 *
 * @param where who asks, for the error
 * @throws GradbookError when the model has no adapter, or one of other settings
 */
export function checkSettings(where: string, adapted: GPT, config: LoraConfig): void {
  const { specs } = adapted.parameters;
  const names = [...specs.keys()].filter((name) => name.endsWith(".lora_A"));
  if (names.length === 0) fail(where, { expected: "a model of withLora", got: "one without an adapter" });
  const { shape, scale = 1 } = specs.get(names[0])!;
  const differ = (what: string, has: unknown, got: unknown): never =>
    fail(where, {
      expected: `settings of the adapter, whose ${what} is ${String(has)}`,
      got: `${what} ${String(got)}`,
      hint: "give the settings that the adapter was made with",
    });
  const equal = (what: string, has: unknown, got: unknown): void => {
    if (has !== got) differ(what, has, got);
  };
  equal("rank", shape[1], config.rank);
  const given = loraScale(config);
  if (Math.abs(given - scale) > 1e-6 * scale)
    differ("scale (of alpha, rank and rankStabilized)", scale, given);
  equal("dora", specs.has(names[0].replace(/lora_A$/, "lora_magnitude")), config.dora);
  const { quantization = "none" } = specs.get(names[0].replace(/lora_A$/, "weight"))!;
  equal("quantization", quantization, config.quantization);
  const targets = names.every((name) => name.endsWith(".c_attn.lora_A")) ? "attention" : "all";
  equal("targets", targets, config.targets);
}
