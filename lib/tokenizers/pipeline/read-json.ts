/**
 * A tokenizer from the content of a Hugging Face `tokenizer.json`.
 */
import { BytePairEncoder } from "../byte-pair-encoder.ts";
import { unspellBytes } from "../bytes.ts";
import { byteVocabulary } from "../byte-vocabulary.ts";
import { CharacterBpe } from "../models/character-bpe.ts";
import type { WordModel } from "../models/model.ts";
import { splitNamed, splitterOf } from "../split/index.ts";
import type { SplitName } from "../split/index.ts";
import { readAddedToken } from "./added-tokens.ts";
import { readDecoder } from "./decoders.ts";
import { arrayField, asObject, optionalObject } from "./fields.ts";
import type { Json } from "./fields.ts";
import { readPadding, readTruncation } from "./limits.ts";
import { readNormalizer } from "./normalizers.ts";
import { PipelineTokenizer } from "./pipeline-tokenizer.ts";
import { readPostProcessor } from "./post-processors.ts";
import { readPreTokenizer } from "./pre-tokenizers.ts";
import { readModel } from "./read-model.ts";

/**
 * The tokenizer that a `tokenizer.json` describes.
 *
 * @param json the parsed file
 * @param name names the file in errors
 * @throws GradbookError naming file and field, for anything missing, unknown or contradictory
 */
export function tokenizerFromJson(json: unknown, name = "tokenizer.json"): PipelineTokenizer {
  const file = asObject(json, name);
  const model = readModel(file.model, `${name} model`);
  const addedTokens =
    file.added_tokens == null
      ? []
      : arrayField(file, "added_tokens", name).map((token, i) =>
          readAddedToken(token, `${name} added_tokens[${i}]`),
        );
  const part = <Part>(key: string, read: (json: Json, where: string) => Part): Part | undefined => {
    const object = optionalObject(file, key, name);
    return object && read(object, `${name} ${key}`);
  };
  const added = new Map(addedTokens.map((token) => [token.id, token.content]));
  const spell = (id: number) => added.get(id) ?? model.idToToken(id) ?? "";
  return new PipelineTokenizer({
    name,
    json: file,
    model,
    addedTokens,
    normalizer: part("normalizer", readNormalizer),
    preTokenizer: part("pre_tokenizer", readPreTokenizer),
    postProcessor: part("post_processor", (object, where) => readPostProcessor(object, where, spell)),
    decoder: part("decoder", readDecoder),
    truncation: part("truncation", readTruncation),
    padding: part("padding", readPadding),
    needsAlignment: needsAlignment(file),
    bytePairEncoder: fastEncoder(model, file.pre_tokenizer, name),
  });
}

/**
 * `Metaspace` with `prepend_scheme` first asks whether a piece begins at the start of the original, which only
 * alignment can tell once something was normalised or cut before.
 */
function needsAlignment({ normalizer, pre_tokenizer: preTokenizer }: Json): boolean {
  const json = (preTokenizer ?? {}) as Json;
  const steps = Array.isArray(json.pretokenizers) ? (json.pretokenizers as Json[]) : [json];
  return steps.some((step) => step?.prepend_scheme === "first") && (normalizer != null || steps.length > 1);
}

/** The quick encoder, when the words are cut by a known rule and the model merges bytes and nothing else. */
export function fastEncoder(
  model: WordModel,
  preTokenizer: unknown,
  name: string,
): BytePairEncoder | undefined {
  const split = byteLevelSplit(preTokenizer);
  if (split === undefined || !(model instanceof CharacterBpe)) return undefined;
  const { unknown, prefix, suffix, wholeWordFirst } = model.parts;
  if (unknown !== undefined || prefix !== undefined || suffix !== undefined) return undefined;
  const vocabulary = byteVocabulary(byteTokens(model));
  const single = new Uint8Array(1);
  for (let byte = 0; byte < 256; byte++) {
    single[0] = byte;
    if (vocabulary.find(single, 0, 1) < 0) return undefined;
  }
  return new BytePairEncoder({
    vocabulary,
    pairs: model.pairs,
    split: splitterOf(split),
    wholeWordFirst,
    where: name,
  });
}

/** The tokens of a byte-level vocabulary as bytes, by id; without the ids `leftOut` and spellings that are no bytes. */
export function byteTokens(model: CharacterBpe, leftOut = new Set<number>()): (Uint8Array | undefined)[] {
  const tokens: (Uint8Array | undefined)[] = [];
  for (const [token, id] of model.table.ids) tokens[id] = leftOut.has(id) ? undefined : unspellBytes(token);
  return tokens;
}

/** The cutting rule of a byte-level pre-tokenizer, if it is one we have a splitter for. */
export function byteLevelSplit(json: unknown): SplitName | undefined {
  const object = (json ?? {}) as Json;
  const isByteLevel = (step: Json, usesWords: boolean) =>
    step.type === "ByteLevel" && step.add_prefix_space === false && (step.use_regex ?? true) === usesWords;
  if (isByteLevel(object, true)) return "gpt2";
  const steps =
    object.type === "Sequence" && Array.isArray(object.pretokenizers) ? (object.pretokenizers as Json[]) : [];
  if (steps.length !== 2 || steps[0].type !== "Split" || !isByteLevel(steps[1], false)) return undefined;
  const pattern = (steps[0].pattern as Json | undefined)?.Regex;
  const isWhole = steps[0].behavior === "Isolated" && steps[0].invert === false;
  return isWhole && typeof pattern === "string" ? splitNamed(pattern) : undefined;
}
