/** The settings of a sequence model: a GPT's or BERT's body, and a head that says something about the whole text. */
import { choice, defineConfig, integer, text, type ConfigValues } from "../core/config.ts";
import { fail } from "../core/errors.ts";
import { parseBertConfig, type BertConfig } from "./bert-config.ts";
import { parseGPTConfig, type GPTConfig } from "./gpt-config.ts";

/** Bodies that a head can sit on, by the kind of their checkpoints. */
export const BODIES = ["gpt", "bert"] as const;

export const POOLINGS = ["last", "mean", "max", "first"] as const;

export const sequenceConfig = defineConfig("sequence", {
  body: choice(BODIES, { default: "gpt", description: "What reads the text." }),
  outputs: integer({
    default: 2,
    min: 1,
    max: 100_000,
    description: "Numbers that the head says about a text: classes, or 1 for a reward.",
  }),
  pooling: choice(POOLINGS, {
    default: "last",
    description:
      "What the head looks at: the last token (GPT), the first ([CLS] of BERT), the mean of all, or the highest value of each channel.",
  }),
  objective: choice(["classification", "regression"], {
    default: "classification",
    description: "Whether the numbers are scores of classes, or quantities to come close to.",
  }),
  labels: text({ default: "", description: "Names of the classes, separated by |." }),
});

export type HeadConfig = ConfigValues<typeof sequenceConfig>;
export type SequenceConfig = HeadConfig & (GPTConfig | BertConfig);

/** The settings completed and checked: those of the head, and those of the body that it names. */
export function parseSequenceConfig(
  settings: Partial<HeadConfig> & Partial<GPTConfig | BertConfig>,
): SequenceConfig {
  const ofHead = Object.keys(sequenceConfig.fields);
  const entries = Object.entries(settings);
  const head = sequenceConfig.parse(Object.fromEntries(entries.filter(([name]) => ofHead.includes(name))));
  const body = Object.fromEntries(entries.filter(([name]) => !ofHead.includes(name)));
  const names = labelsOf(head);
  if (names.length > 0 && names.length !== head.outputs)
    fail("sequence", { expected: `${head.outputs} labels, one for each output`, got: head.labels });
  return { ...head, ...(head.body === "gpt" ? parseGPTConfig(body) : parseBertConfig(body)) };
}

/** The names of the classes; none when they were not given. */
export function labelsOf({ labels }: Pick<HeadConfig, "labels">): string[] {
  return labels === "" ? [] : labels.split("|");
}
