/** The families of models that a checkpoint can be of, by the kind that its manifest names. */
import { fail, nearest } from "../core/errors.ts";
import { Bert } from "../models/bert.ts";
import { bertConfig } from "../models/bert-config.ts";
import { GPT } from "../models/gpt.ts";
import { gptConfig } from "../models/gpt-config.ts";
import { recurrentConfig, RecurrentLM } from "../models/recurrent-lm.ts";
import { Seq2Seq } from "../models/seq2seq.ts";
import { seq2seqConfig } from "../models/seq2seq-config.ts";
import { SequenceModel } from "../models/sequence.ts";
import { sequenceConfig } from "../models/sequence-config.ts";
import { ValuedGPT } from "../models/valued-gpt.ts";
import type { ParameterValues } from "../nn/parameters.ts";

const DEFAULTS: Record<string, object | undefined> = {
  gpt: gptConfig.defaults,
  bert: bertConfig.defaults,
  seq2seq: seq2seqConfig.defaults,
  recurrent: recurrentConfig.defaults,
  sequence: sequenceConfig.defaults,
  "valued-gpt": gptConfig.defaults,
};

/** Settings of a kind that nobody gave: what an older checkpoint does not name. */
export const modelDefaults = (kind: string): object => DEFAULTS[kind] ?? {};

const FAMILIES = {
  gpt: GPT,
  bert: Bert,
  seq2seq: Seq2Seq,
  recurrent: RecurrentLM,
  sequence: SequenceModel,
  "valued-gpt": ValuedGPT,
} as const;

export type ModelKind = keyof typeof FAMILIES;
export type ModelOf<K extends ModelKind> = InstanceType<(typeof FAMILIES)[K]>;

/**
 * A model of a kind with the given settings and weights.
 * @throws GradbookError on an unknown kind, or settings and weights that do not fit
 */
export function makeModel(
  kind: string,
  config: object,
  options: { seed?: number; weights?: ParameterValues } = {},
): ModelOf<ModelKind> {
  if (!Object.hasOwn(FAMILIES, kind)) {
    const near = nearest(kind, Object.keys(FAMILIES));
    fail("loadCheckpoint", {
      expected: `a model of kind ${Object.keys(FAMILIES).join(", ")}`,
      got: kind,
      hint: near ? `did you mean ${near}?` : "it may be of a newer gradbook",
    });
  }
  const adapter = Object.keys(options.weights ?? {}).find((name) => name.endsWith(".lora_A"));
  if (adapter !== undefined)
    fail("loadCheckpoint", {
      expected: "a model without an adapter",
      got: adapter,
      hint: "make the model with withLora and fill it with loadWeights(model, folder)",
    });
  return new FAMILIES[kind as ModelKind](config, options);
}
