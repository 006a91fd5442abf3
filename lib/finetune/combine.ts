/** Several adapters of one base as one: W + Σᵢ wᵢ·sᵢ·Aᵢ·Bᵢ, exactly, by setting the thin matrices side by side (PEFT: "cat"). */
import { fail } from "../core/errors.ts";
import type { GPT } from "../models/gpt.ts";
import { loraValues } from "../nn/lora.ts";
import { loraConfig, type LoraConfig } from "./lora-config.ts";
import { adaptedGPT, baseOf } from "./lora-gpt.ts";

/** A model of `withLora` or `loadAdapter`, and how much of it counts: 1 all, 0 nothing, −1 the opposite. */
export interface WeightedAdapter {
  model: GPT;
  weight: number;
}

/**
 * A model with the sum of adapters; its rank is the sum of theirs. It can be trained further, saved and merged as any.
 *
 * @param base the model that all were trained on
 * @throws GradbookError when one was trained on another model, is DoRA's, or has a base in few bits: those are merged first
 * @example const { model } = combinedAdapters(base, [{ model: polite, weight: 1 }, { model: brief, weight: 0.5 }]);
 */
export function combinedAdapters(
  base: GPT,
  parts: readonly WeightedAdapter[],
): { model: GPT; config: LoraConfig } {
  if (parts.length === 0) fail("combinedAdapters", { expected: "at least one adapter", got: "none" });
  const wanted = baseOf(base.parameters.read());
  const all = parts.map(({ model, weight }, i) => {
    const where = `combinedAdapters, adapter ${i}`;
    const values = model.parameters.read();
    const names = Object.keys(loraValues(values)).filter((name) => name.endsWith(".lora_A"));
    if (names.length === 0) fail(where, { expected: "a model of withLora", got: "one without an adapter" });
    if (!Number.isFinite(weight)) fail(where, { expected: "a finite weight", got: weight });
    if (names.some((name) => name.replace(/A$/, "magnitude") in values))
      fail(where, { expected: "LoRA", got: "DoRA, which does not add up", hint: "mergedGPT makes a plain model of it" }); // prettier-ignore
    if (baseOf(values) !== wanted)
      fail(where, { expected: "an adapter of this base", got: "one of another model, or over a base in few bits" }); // prettier-ignore
    return { model, weight, values };
  });
  const places = new Set(all.flatMap(({ values }) => Object.keys(loraValues(values)).map((name) => name.replace(/_[AB]$/, "")))); // prettier-ignore
  const ranks = all.map(({ model }) => rankOf(model));
  const rank = ranks.reduce((sum, r) => sum + r, 0);
  const adapter: Record<string, Float32Array> = {};
  for (const place of places) {
    const { shape } = base.parameters.specs.get(place.replace(/lora$/, "weight"))!;
    const [inputs, outputs] = shape;
    const [a, b] = [new Float32Array(inputs * rank), new Float32Array(rank * outputs)];
    let from = 0;
    all.forEach(({ model, weight, values }, i) => {
      const [ownA, ownB] = [values[`${place}_A`], values[`${place}_B`]];
      if (ownA && ownB) {
        const factor = weight * (model.parameters.specs.get(`${place}_A`)!.scale ?? 1);
        for (let row = 0; row < inputs; row++)
          for (let k = 0; k < ranks[i]; k++) a[row * rank + from + k] = factor * ownA[row * ranks[i] + k];
        b.set(ownB, from * outputs);
      }
      from += ranks[i];
    });
    adapter[`${place}_A`] = a;
    adapter[`${place}_B`] = b;
  }
  const targets = [...places].every((place) => place.includes("c_attn")) ? "attention" : "all";
  // α = r: the factors stand in A.
  const config = loraConfig.parse({ rank, alpha: rank, targets });
  return { model: adaptedGPT(base, config, { adapter }), config };
}

function rankOf({ parameters }: GPT): number {
  const [, { shape }] = [...parameters.specs].find(([name]) => name.endsWith(".lora_A"))!;
  return shape[1];
}
