/** The settings of supervised fine-tuning that a person turns; names as in TRL's SFTConfig where it has them. */
import { boolean, choice, defineConfig, integer, number, text, type ConfigValues } from "../core/config.ts";

export const sftConfig = defineConfig("sft", {
  epochs: number({
    default: 3,
    min: 0.01,
    max: 10_000,
    unit: "epochs",
    description: "How often each conversation is seen.",
  }),
  learningRate: number({
    default: 1e-3,
    min: 1e-6,
    max: 1,
    scale: "log",
    description:
      "How far the weights move per step, at its peak: a third of pre-training's, or with an adapter ten times that.",
  }),
  batchSize: integer({
    default: 8,
    min: 1,
    max: 4096,
    unit: "rows",
    description: "Rows learned from at once.",
  }),
  packing: boolean({
    default: true,
    description: "Put several conversations into a row, apart from each other.",
  }),
  assistantOnly: boolean({
    default: true,
    description: "Learn the assistant's words alone; false: the questions, too.",
  }),
  tooLong: choice(["error", "cut", "leave out"], {
    default: "error",
    description: "What happens to a conversation longer than the model's context.",
  }),
  adapter: choice(["none", "lora"], {
    default: "none",
    description: "Train all weights, or thin matrices beside the frozen model (arXiv 2106.09685).",
  }),
  freeze: text({
    default: "",
    description:
      "Names of weights that stay as they are, separated by commas, with * for any part: wte.*,h.0.*.",
  }),
  neftuneAlpha: number({
    default: 0,
    min: 0,
    max: 1000,
    description: "Noise on the embeddings against learning by heart (arXiv 2310.05914): 5 to 15, or 0.",
  }),
  seed: integer({
    default: 1,
    min: 0,
    max: 2 ** 31 - 1,
    description: "The order of the rows and the adapter's start.",
  }),
});

export type SftSettings = ConfigValues<typeof sftConfig>;
