/**
 * Tokenizers on disk: saved as a Hugging Face `tokenizer.json`, loaded from that, from tiktoken's rank files
 * and from SentencePiece models.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { fail, shown } from "../core/errors.ts";
import { ByteLevelBpe } from "./byte-level-bpe.ts";
import { byteVocabulary } from "./byte-vocabulary.ts";
import { CharTokenizer } from "./char.ts";
import { CharacterBpe } from "./models/character-bpe.ts";
import { pairsFromRanks } from "./pair-table.ts";
import type { Json } from "./pipeline/fields.ts";
import { byteLevelSplit, byteTokens, tokenizerFromJson } from "./pipeline/read-json.ts";
import type { PipelineTokenizer } from "./pipeline/pipeline-tokenizer.ts";
import { parseRankFile } from "./rank-file.ts";
import { sentencePieceTokenizer } from "./sentencepiece/load.ts";
import { splitNames } from "./split/index.ts";
import type { SplitName } from "./split/index.ts";
import type { Tokenizer } from "./tokenizer.ts";
import { byteLevelFrame } from "./write-byte-level.ts";

/** Write a tokenizer as `tokenizer.json`; folders on the way are made. */
export function saveTokenizer(tokenizer: Tokenizer, path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(tokenizer.toJSON(), undefined, 1)}\n`);
}

/**
 * Load a tokenizer. The kind of file shows in its name: `.json` is a `tokenizer.json`, `.model` SentencePiece,
 * anything else must be loaded by name (`openaiEncoding`) or as ranks (`loadRankFile`).
 *
 * @throws GradbookError naming file and field for anything missing, unknown or contradictory
 */
export function loadTokenizer(path: string): Tokenizer {
  const name = basename(path);
  if (path.endsWith(".model")) return sentencePieceTokenizer(readContent(path), name);
  if (!path.endsWith(".json")) {
    fail("loadTokenizer", {
      expected: "a file .json (Hugging Face) or .model (SentencePiece)",
      got: shown(path),
      hint: path.endsWith(".tiktoken") ? "load ranks with loadRankFile" : undefined,
    });
  }
  let json: unknown;
  try {
    json = JSON.parse(readContent(path).toString("utf8"));
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    fail(name, { expected: "a JSON file", got: cause.message, cause });
  }
  return tokenizerOfJson(json, name);
}

/** As `tokenizerFromJson`, but what our own classes wrote becomes such a class again. */
export function tokenizerOfJson(json: unknown, name: string): Tokenizer {
  return simplest(tokenizerFromJson(json, name));
}

export interface RankFileOptions {
  /** How the ranks' owner cuts text. */
  split: SplitName;
  /** Control tokens beyond the ranks. */
  special?: Record<string, number>;
}

/** A tokenizer from a tiktoken rank file (`.tiktoken`). */
export function loadRankFile(path: string, { split, special = {} }: RankFileOptions): ByteLevelBpe {
  const name = basename(path);
  if (!splitNames.includes(split))
    fail("loadRankFile split", { expected: splitNames.join(" | "), got: shown(split) });
  const vocabulary = parseRankFile(readContent(path), name);
  return new ByteLevelBpe({
    name,
    vocabulary,
    pairs: pairsFromRanks(vocabulary),
    split,
    wholeWordFirst: true,
    special: new Map(Object.entries(special)),
  });
}

function readContent(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    fail("loadTokenizer", {
      expected: "a file that can be read",
      got: `${path} (${(cause as Error).message})`,
      cause,
    });
  }
}

/**
 * The class that wrote the file, where a pipeline comes to the same: so that what is trained, saved and loaded
 * again can still be looked into.
 */
function simplest(pipeline: PipelineTokenizer): Tokenizer {
  const json = pipeline.parts.json as Json;
  const model = json.model as Json;
  const cut = json.pre_tokenizer as { pattern?: { Regex?: string } } | null;
  if (model.type === "WordLevel" && cut?.pattern?.Regex === EACH_CHARACTER)
    return CharTokenizer.fromJSON(json);
  return byteLevelBpeOf(pipeline) ?? pipeline;
}

const EACH_CHARACTER = "[\\s\\S]";

/** The pipeline as byte-level BPE, if that would be saved just like it. */
function byteLevelBpeOf({ parts }: PipelineTokenizer): ByteLevelBpe | undefined {
  const { model, addedTokens, name } = parts;
  const json = parts.json as Json;
  const split = byteLevelSplit(json.pre_tokenizer);
  if (split === undefined || parts.bytePairEncoder === undefined || !(model instanceof CharacterBpe))
    return undefined;
  const special = new Map(addedTokens.map(({ content, id }) => [content, id]));
  const { wholeWordFirst } = model.parts;
  const { vocab: _vocab, merges: _merges, ...rest } = json.model as Json;
  const isSame = isDeepStrictEqual(
    { ...json, model: rest },
    byteLevelFrame({ split, wholeWordFirst, special }),
  );
  if (!isSame) return undefined;
  const vocabulary = byteVocabulary(byteTokens(model, new Set(special.values())));
  return new ByteLevelBpe({ name, vocabulary, pairs: model.pairs, split, wholeWordFirst, special });
}
