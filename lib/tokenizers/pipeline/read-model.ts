/**
 * The `model` of a `tokenizer.json`, checked: vocabulary, merges, scores.
 */
import { fail, nearest, shown } from "../../core/errors.ts";
import { CharacterBpe } from "../models/character-bpe.ts";
import type { WordModel } from "../models/model.ts";
import { Unigram } from "../models/unigram.ts";
import { WordLevel } from "../models/word-level.ts";
import { WordPiece } from "../models/wordpiece.ts";
import {
  arrayField,
  asObject,
  booleanField,
  idField,
  numberField,
  objectField,
  optionalString,
  stringField,
} from "./fields.ts";
import type { Json } from "./fields.ts";

const readers: Record<string, (json: Json, where: string) => WordModel> = {
  BPE: readBpe,
  WordPiece: (json, where) =>
    new WordPiece({
      vocab: readVocab(json, where),
      unknown: stringField(json, "unk_token", where),
      prefix: stringField(json, "continuing_subword_prefix", where, "##"),
      longestWord: numberField(json, "max_input_chars_per_word", where, 100),
      where,
    }),
  WordLevel: (json, where) =>
    new WordLevel({
      vocab: readVocab(json, where),
      unknown: stringField(json, "unk_token", where, "<unk>"),
      where,
    }),
  Unigram: readUnigram,
};

/** The model that a `tokenizer.json` describes. Old files leave `type` out; then the fields tell. */
export function readModel(json: unknown, where: string): WordModel {
  const model = asObject(json, where);
  const type =
    model.type ?? (Array.isArray(model.vocab) ? "Unigram" : "merges" in model ? "BPE" : "WordLevel");
  if (typeof type !== "string" || !Object.hasOwn(readers, type)) {
    const near = typeof type === "string" ? nearest(type, Object.keys(readers)) : undefined;
    fail(`${where}.type`, {
      expected: Object.keys(readers).join(" | "),
      got: shown(type),
      hint: near && `did you mean ${near}?`,
    });
  }
  return readers[type](model, where);
}

/** `vocab` as an object of token → id; two tokens with one id are an error. */
function readVocab(json: Json, where: string): Map<string, number> {
  const vocab = objectField(json, "vocab", where);
  const ids = new Map<string, number>();
  const taken = new Map<number, string>();
  for (const token of Object.keys(vocab)) {
    const id = idField(vocab, token, `${where}.vocab`);
    const other = taken.get(id);
    if (other !== undefined) {
      fail(`${where}.vocab`, {
        expected: "an id for one token only",
        got: `${id} for ${shown(other)} and ${shown(token)}`,
      });
    }
    taken.set(id, token);
    ids.set(token, id);
  }
  return ids;
}

function readBpe(json: Json, where: string): WordModel {
  if (json.dropout != null && json.dropout !== 0) {
    fail(`${where}.dropout`, { expected: "null: merges are never dropped here", got: shown(json.dropout) });
  }
  const merges = arrayField(json, "merges", where).map((merge, i): [string, string] => {
    const parts = typeof merge === "string" ? merge.split(" ") : merge;
    if (Array.isArray(parts) && parts.length === 2 && parts.every((part) => typeof part === "string")) {
      return [parts[0], parts[1]];
    }
    fail(`${where}.merges[${i}]`, { expected: "two tokens", got: shown(merge) });
  });
  return new CharacterBpe({
    vocab: readVocab(json, where),
    merges,
    unknown: optionalString(json, "unk_token", where),
    prefix: optionalString(json, "continuing_subword_prefix", where),
    suffix: optionalString(json, "end_of_word_suffix", where),
    fusesUnknown: booleanField(json, "fuse_unk", where, false),
    byteFallback: booleanField(json, "byte_fallback", where, false),
    wholeWordFirst: booleanField(json, "ignore_merges", where, false),
    where,
  });
}

function readUnigram(json: Json, where: string): WordModel {
  const vocab = arrayField(json, "vocab", where).map((entry, i): [string, number] => {
    if (Array.isArray(entry) && typeof entry[0] === "string" && typeof entry[1] === "number") {
      return [entry[0], asSerdeReads(entry[1])];
    }
    fail(`${where}.vocab[${i}]`, { expected: "a token and its score", got: shown(entry) });
  });
  return new Unigram({
    vocab,
    unknownId: json.unk_id == null ? undefined : idField(json, "unk_id", where),
    byteFallback: booleanField(json, "byte_fallback", where, false),
    where,
  });
}

/**
 * A score as Hugging Face's JSON reader (Rust's serde_json) understands it: digits and power of ten are rounded
 * one after the other, which can be off by the last bit. Ties between cuts of a word hang on that bit.
 */
function asSerdeReads(score: number): number {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(score));
  if (match === null) return score;
  const [, sign, whole, fraction = "", exponent = "0"] = match;
  const power = Number(exponent) - fraction.length;
  const digits = Number(whole + fraction);
  const size = power < 0 ? digits / Number(`1e${-power}`) : digits * Number(`1e${power}`);
  return sign === "-" ? -size : size;
}
