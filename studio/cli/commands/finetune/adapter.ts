/** The options of an adapter, for methods that train all weights without one. */
import { choice, defineConfig } from "../../../../lib/core/config.ts";
import { loraConfig, saveAdapter, withLora, type LoraConfig } from "../../../../lib/finetune/index.ts";
import type { GPT } from "../../../../lib/models/index.ts";
import { configOptions, flagOf, readConfigOptions } from "../../config-options.ts";
import { UsageError } from "../../options.ts";

const adapterConfig = defineConfig("adapter", {
  adapter: choice(["none", "lora"], {
    default: "none",
    description: "train all weights, or thin matrices beside the frozen model",
  }),
});

export const adapterOptions = configOptions([adapterConfig, loraConfig]);

export interface Adapted {
  model: GPT;
  /** Writes the adapter alone; there when one was asked for. */
  saveAdapter?: (folder: string) => void;
}

/**
 * What was given of the adapter.
 *
 * @throws UsageError when there is something of it, but no adapter that it would be for
 */
export function loraOptions(
  values: Readonly<Record<string, string | boolean | undefined>>,
): Partial<LoraConfig> {
  const given = readConfigOptions(loraConfig, values);
  const [first] = Object.keys(given);
  if (first !== undefined && values.adapter !== "lora")
    throw new UsageError(`--${flagOf(first)} is a setting of the adapter; add --adapter lora`);
  return given;
}

/**
 * How a method prepares its model: the base itself, or with `--adapter lora` the base frozen with an adapter.
 *
 * @throws UsageError at once, before a model is read, on options of an adapter without one
 */
export function adaptedBy(
  values: Readonly<Record<string, string | boolean | undefined>>,
): (base: GPT) => Adapted {
  const lora = loraOptions(values);
  if (readConfigOptions(adapterConfig, values).adapter !== "lora") return (model) => ({ model });
  return (base) => {
    const model = withLora(base, lora);
    return { model, saveAdapter: (folder) => saveAdapter(folder, model, lora) };
  };
}
