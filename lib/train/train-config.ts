/** The settings of a training run. Defaults suit small models; GPT-3's are noted where they differ. */
import { boolean, choice, defineConfig, integer, number, type ConfigValues } from "../core/config.ts";
import { OPTIMIZERS } from "../optim/make-optimizer.ts";
import { SCHEDULES } from "../optim/schedule.ts";

export const trainConfig = defineConfig("train", {
  steps: integer({
    default: 2000,
    min: 1,
    max: 100_000_000,
    unit: "steps",
    description: "How often the weights are changed.",
  }),
  learningRate: number({
    default: 1e-3,
    min: 1e-6,
    max: 1,
    scale: "log",
    description:
      "How far the weights move per step, at its peak. Too high and the loss jumps, too low and it crawls.",
  }),
  accumulate: integer({
    default: 1,
    min: 1,
    max: 100_000,
    unit: "batches",
    description:
      "Batches whose gradients are added up for one step: a larger batch than memory holds at once.",
  }),
  stepsPerLaunch: integer({
    default: 1,
    min: 1,
    max: 10_000,
    unit: "steps",
    description:
      "Steps that an accelerator does before this process hears of them: saves launches. Sliders and Stop act in between.",
  }),
  optimizer: choice(OPTIMIZERS, {
    default: "adamw",
    description:
      "How weights follow their gradients. Lion wants a tenth of AdamW's learning rate, SGD a hundred times it.",
  }),
  schedule: choice(SCHEDULES, {
    default: "cosine",
    description: "How the learning rate goes down after its peak.",
  }),
  finalShare: number({
    default: 0.1,
    min: 0,
    max: 1,
    description: "The learning rate at the end, as a share of its peak.",
  }),
  warmupSteps: integer({
    default: 100,
    min: 0,
    max: 1_000_000,
    unit: "steps",
    description: "Steps in which the learning rate climbs to its peak.",
  }),
  weightDecay: number({
    default: 0.1,
    min: 0,
    max: 10,
    description: "How strongly matrices are pulled towards zero, which keeps the model from memorizing.",
  }),
  beta1: number({
    default: 0.9,
    min: 0,
    max: 0.9999,
    description: "Memory of the mean of gradients in AdamW and Lion.",
  }),
  beta2: number({
    default: 0.99,
    min: 0,
    max: 0.99999,
    description: "Memory of AdamW's mean of squared gradients. GPT-3: 0.95. Lion: memory of its mean.",
  }),
  epsilon: number({
    default: 1e-8,
    min: 1e-16,
    max: 0.1,
    scale: "log",
    description: "Keeps AdamW from dividing by zero.",
  }),
  momentum: number({
    default: 0.9,
    min: 0,
    max: 0.9999,
    description: "Share of the direction kept from step to step in SGD and Muon. Muon's authors: 0.95.",
  }),
  nesterov: boolean({ default: false, description: "SGD looks ahead along its momentum." }),
  clipNorm: number({
    default: 1,
    min: 0,
    max: 1000,
    description: "Gradients longer than this are shortened to it. 0: never.",
  }),
  labelSmoothing: number({
    default: 0,
    min: 0,
    max: 0.9,
    description: "Share of the target spread over all tokens, against too much certainty (arXiv 1512.00567).",
  }),
  neftuneAlpha: number({
    default: 0,
    min: 0,
    max: 1000,
    description:
      "Noise on the token embeddings, against learning by heart (arXiv 2310.05914); 5 to 15, or 0: none.",
  }),
  emaDecay: number({
    default: 0,
    min: 0,
    max: 0.99999,
    description:
      "Memory of the weights averaged over steps, evaluated and saved beside the last ones. 0: none.",
  }),
  evaluateEvery: integer({
    default: 200,
    min: 0,
    max: 1_000_000,
    unit: "steps",
    description: "Steps between two looks at the validation text. 0: only at the end.",
  }),
  saveEvery: integer({
    default: 0,
    min: 0,
    max: 1_000_000,
    unit: "steps",
    description: "Steps between two checkpoints. 0: only at the end.",
  }),
  patience: integer({
    default: 0,
    min: 0,
    max: 1_000_000,
    unit: "evaluations",
    description: "End the run after this many evaluations without a lower validation loss. 0: never.",
  }),
  keepBest: boolean({
    default: false,
    description: "Also keep a checkpoint of the lowest validation loss, in the run's folder `best`.",
  }),
  recoveries: integer({
    default: 3,
    min: 0,
    max: 1000,
    description:
      "How often a run whose loss is no longer a number may go back to its last checkpoint and on with other data.",
  }),
  rewindPoints: integer({
    default: 5,
    min: 0,
    max: 1000,
    unit: "checkpoints",
    description: "How many checkpoints from before a change by hand are kept, to rewind to. 0: none.",
  }),
});

export type TrainSettings = ConfigValues<typeof trainConfig>;

/** What may change while the run goes on. */
export type LiveSettings = Pick<TrainSettings, "learningRate" | "weightDecay" | "clipNorm" | "accumulate">;

/** What suits the sizes of `gptSize` on a book of a million characters. */
export const trainPresets = {
  nano: { steps: 800, learningRate: 3e-3, warmupSteps: 20 },
  tiny: { steps: 1200, learningRate: 3e-3, warmupSteps: 100 },
  mini: { steps: 5000, learningRate: 1e-3, warmupSteps: 100 },
} as const satisfies Record<string, Partial<TrainSettings>>;
