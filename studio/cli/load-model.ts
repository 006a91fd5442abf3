/** A model and its tokenizer from any folder that holds one: a checkpoint, a run, or Hugging Face's. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { loadCheckpoint, loadHuggingFaceGPT } from "../../lib/checkpoint/index.ts";
import { fail } from "../../lib/core/errors.ts";
import type { LanguageModel, TrainableModel } from "../../lib/models/index.ts";
import { loadTokenizer, type Tokenizer } from "../../lib/tokenizers/index.ts";

/**
 * @param folder of a checkpoint, of a run with one inside, or as transformers writes it
 * @param tokenizer a file to use instead of the one in the folder
 * @throws GradbookError when there is no model that writes, or no tokenizer
 */
export function loadLanguageModel(
  folder: string,
  tokenizer?: string,
): { model: LanguageModel; tokenizer: Tokenizer } {
  const inRun = join(folder, "checkpoint");
  const place = existsSync(join(inRun, "manifest.json")) ? inRun : folder;
  const foreign = existsSync(join(place, "config.json"));
  const loaded = foreign ? loadHuggingFaceGPT(place) : loadCheckpoint(place, "any");
  const used = tokenizer ? loadTokenizer(tokenizer) : loaded.tokenizer;
  const model: TrainableModel = loaded.model;
  if (!("logits" in model) || model.kind === "bert" || model.kind === "seq2seq")
    fail(folder, { expected: "a model that writes from left to right", got: `a ${model.kind}` });
  if (!used)
    fail(folder, {
      expected: "a tokenizer saved with the model",
      got: "none",
      hint: "name its file with --tokenizer",
    });
  return { model: model as LanguageModel, tokenizer: used };
}
