/** The dials of training a byte-pair vocabulary, declared once for code, notebooks and the command line. */
import { choice, defineConfig, integer } from "../../core/config.ts";
import type { ConfigValues } from "../../core/config.ts";
import { splitNames } from "../split/index.ts";

export const bpeConfig = defineConfig("tokenizer.bpe", {
  vocabSize: integer({
    default: 4096,
    min: 257,
    max: 262_144,
    scale: "log",
    unit: "tokens",
    description:
      "Size of the vocabulary, the 256 bytes and control tokens included: more of it means fewer tokens per text, and a larger table in the model.",
  }),
  minFrequency: integer({
    default: 2,
    min: 0,
    max: 1000,
    unit: "occurrences",
    description: "Pairs that occur less often are not joined.",
  }),
  split: choice(splitNames, {
    default: "gpt2",
    description: "How text is cut into words before merging; nothing merges across two words.",
  }),
});

/** What `trainBpe` takes, by these dials. */
export type BpeConfig = ConfigValues<typeof bpeConfig>;
