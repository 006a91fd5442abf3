/** The options of an adapter, for methods that train all weights without one. */
import { choice, defineConfig } from "../../../../lib/core/config.ts";
import { loraConfig, saveAdapter, withLora } from "../../../../lib/finetune/index.ts";
import type { GPT } from "../../../../lib/models/index.ts";
import { configOptions, readConfigOptions } from "../../config-options.ts";

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

/** The base itself, or with `--adapter lora` the base frozen with an adapter. */
export function adaptedBy(
  base: GPT,
  values: Readonly<Record<string, string | boolean | undefined>>,
): Adapted {
  if (readConfigOptions(adapterConfig, values).adapter !== "lora") return { model: base };
  const lora = readConfigOptions(loraConfig, values);
  const model = withLora(base, lora);
  return { model, saveAdapter: (folder) => saveAdapter(folder, model, lora) };
}
