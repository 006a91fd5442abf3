/** Settings given in one object, each for the config that declares it. */
import { defineConfig, integer, type Config, type ConfigValues } from "../../core/config.ts";
import { trainConfig } from "../../train/train-config.ts";

const { labelSmoothing: _smoothing, neftuneAlpha: _noise, ...fields } = trainConfig.fields;

/** `trainConfig` without the settings of a loss over next tokens, which no loss of this folder would look at. */
export const feedbackTrainConfig = defineConfig("train", fields);

export type FeedbackTrainSettings = ConfigValues<typeof feedbackTrainConfig>;

export const pairBatchConfig = defineConfig("pairs", {
  batchSize: integer({
    default: 8,
    min: 1,
    max: 4096,
    unit: "preferences",
    description: "Preferences that the model learns from in one step. More: smoother, slower steps.",
  }),
  seed: integer({
    default: 1,
    min: 0,
    max: 2 ** 31,
    description: "The same seed takes the preferences in the same order.",
  }),
});

export type PairBatchSettings = ConfigValues<typeof pairBatchConfig>;

// Any config.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type AnyConfig = Config<any>;

/**
 * One object for each config, in their order.
 * @throws GradbookError naming a setting that none of them declares
 */
export function splitSettings(
  given: Readonly<Record<string, unknown>>,
  ...configs: readonly AnyConfig[]
): Record<string, unknown>[] {
  const parts = configs.map((): Record<string, unknown> => ({}));
  for (const [name, value] of Object.entries(given)) {
    const place = configs.findIndex(({ fields }) => Object.hasOwn(fields as object, name));
    parts[place < 0 ? parts.length - 1 : place][name] = value;
  }
  configs.at(-1)?.parse(parts.at(-1));
  return parts;
}
