/** The model that `classify` trains: a head on a body, all of it, with parts frozen, or with an adapter in the body. */
import { fail } from "../core/errors.ts";
import type { Bert } from "../models/bert.ts";
import type { GPT } from "../models/gpt.ts";
import { SequenceModel } from "../models/sequence.ts";
import { addLora, mergeLora, startMagnitudes } from "../nn/lora.ts";
import type { HeadConfig } from "../models/sequence-config.ts";
import type { ParameterTree } from "../nn/parameter.ts";
import type { ClassifySettings } from "./classify-config.ts";
import { checkAdapter } from "./check-adapter.ts";
import { freeze } from "./freeze.ts";
import { loraConfig, loraSettings, type LoraConfig } from "./lora-config.ts";

/** @throws GradbookError when settings contradict each other or the model that is trained further */
export function judging(
  body: GPT | Bert | SequenceModel,
  { objective, pooling, adapter, freeze: patterns, seed }: ClassifySettings,
  labels: readonly string[],
  lora: Partial<LoraConfig> = {},
): SequenceModel {
  const frozen = patterns.split(",").map((one) => one.trim()).filter((one) => one !== ""); // prettier-ignore
  checkAdapter("classify", adapter, frozen, lora);
  const further = body instanceof SequenceModel;
  if (further && body.config.objective !== objective)
    fail("classify", { expected: `a model for ${objective}`, got: `one for ${body.config.objective}` });
  if (further && adapter === "none" && frozen.length === 0) return body;

  const adapt = <T extends ParameterTree>(tree: T): T => {
    if (adapter === "none") return frozen.length === 0 ? tree : freeze(tree, frozen);
    // The head is new: it is learned beside the adapter.
    return {
      ...addLora(tree, loraSettings(loraConfig.parse(lora))),
      score: (tree as { score?: object }).score,
    };
  };
  const weights = Object.entries(body.parameters.read()).filter(
    ([name]) => further || !/^(lm_head|head)\./.test(name),
  );
  const head: Partial<HeadConfig> = further
    ? {}
    : { body: body.kind, objective, pooling, outputs: labels.length || 1, labels: labels.join("|") };
  const model = new SequenceModel(
    { ...body.config, ...head },
    { seed, weights: Object.fromEntries(weights), adapt },
  );
  startMagnitudes(model.parameters, Object.fromEntries(weights));
  return model;
}

/** A plain model that judges as the adapted one of `classify` does. */
export function mergedSequence(adapted: SequenceModel): SequenceModel {
  return new SequenceModel(adapted.config, { weights: mergeLora(adapted.parameters) });
}
