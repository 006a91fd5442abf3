/** Models in and out of Hugging Face's folders: GPT-2, LLaMA and Mistral, BERT, T5. */
import { fail, shown } from "../../core/errors.ts";
import { Bert } from "../../models/bert.ts";
import { GPT } from "../../models/gpt.ts";
import type { Seq2Seq } from "../../models/seq2seq.ts";
import type { Tokenizer } from "../../tokenizers/tokenizer.ts";
import type { StoredTensor } from "../safetensors.ts";
import { readBert, writeBert } from "./bert.ts";
import { readConfig, readTensors, readTokenizer, writeFolder, type HFConfig } from "./folder.ts";
import { isGPT2, readGPT2, writeGPT2 } from "./gpt2.ts";
import type { NamedTensor } from "./layout.ts";
import { isLlama, readLlama, writeLlama } from "./llama.ts";
import { isT5, readT5, writeT5 } from "./t5.ts";

type Model = GPT | Bert | Seq2Seq;
type Reader = (config: HFConfig, tensors: ReadonlyMap<string, StoredTensor>, where: string) => Model;

const READERS: Record<string, Reader | undefined> = {
  gpt2: readGPT2,
  llama: readLlama,
  mistral: readLlama,
  bert: readBert,
  t5: readT5,
};

/**
 * Reads a folder that transformers' `save_pretrained` wrote, or one downloaded from the hub.
 *
 * @returns the model, and the tokenizer if the folder has a `tokenizer.json`
 * @throws GradbookError when a file is missing or damaged, or the model is of a family or has settings that are not
 *   computed here
 * @example const { model, tokenizer } = loadHuggingFace("models/gpt2");
 */
export function loadHuggingFace(folder: string): { model: Model; tokenizer?: Tokenizer } {
  const config = readConfig(folder);
  const read = READERS[String(config.model_type)];
  if (!read)
    return fail("loadHuggingFace", {
      expected: `model_type ${Object.keys(READERS).join(", ")} in config.json`,
      got: shown(config.model_type),
    });
  return { model: read(config, readTensors(folder), folder), ...readTokenizer(folder) };
}

/** As `loadHuggingFace`, for a model that writes from left to right: GPT-2, LLaMA, Mistral. */
export function loadHuggingFaceGPT(folder: string): { model: GPT; tokenizer?: Tokenizer } {
  const { model, ...rest } = loadHuggingFace(folder);
  if (!(model instanceof GPT))
    return fail("loadHuggingFaceGPT", { expected: "a GPT-2, LLaMA or Mistral", got: `a ${model.kind}` });
  return { model, ...rest };
}

/**
 * Writes a folder that transformers' `from_pretrained` reads.
 *
 * @param parts the tokenizer, if given, is written as `tokenizer.json`
 * @throws GradbookError when transformers has no family that computes what this model computes
 */
export function saveHuggingFace(
  folder: string,
  { model, tokenizer }: { model: Model; tokenizer?: Tokenizer },
): void {
  writeFolder(folder, ...written(model), tokenizer);
}

function written(model: Model): [HFConfig, Map<string, NamedTensor>] {
  if (model instanceof Bert) return writeBert(model);
  if (model instanceof GPT) {
    if (isGPT2(model.config)) return writeGPT2(model);
    if (isLlama(model.config)) return writeLlama(model);
  } else if (isT5(model.config)) return writeT5(model);
  return fail("saveHuggingFace", {
    expected: "GPT-2's parts, LLaMA's (modernGPT), BERT's or T5's",
    got: `a ${model.kind} with others`,
    hint: "saveCheckpoint keeps any model",
  });
}
