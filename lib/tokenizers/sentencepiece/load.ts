/**
 * Tokenizers from SentencePiece's `.model` files (Kudo and Richardson 2018, arXiv 1808.06226): Unigram and BPE,
 * as used by Llama 2, T5, Gemma and others. Ids equal those of the library.
 *
 * Left out: models of type word and char, unused pieces in BPE models, training.
 */
import { fail } from "../../core/errors.ts";
import { textOfBytes } from "../byte-decoder.ts";
import { validUtf8Length } from "../bytes.ts";
import { PairTable } from "../pair-table.ts";
import { mergePairs } from "../byte-pair-merge.ts";
import { byteToken } from "../models/character-bpe.ts";
import type { WordModel, WordTokens } from "../models/model.ts";
import { Unigram } from "../models/unigram.ts";
import type { AddedToken } from "../pipeline/added-tokens.ts";
import type { Decoder } from "../pipeline/decoders.ts";
import { PipelineTokenizer } from "../pipeline/pipeline-tokenizer.ts";
import { literalPattern } from "../special-tokens.ts";
import { sentencePieceNormalizer } from "./normalizer.ts";
import { readSentencePieceFile } from "./read-proto.ts";
import type { SentencePieceFile } from "./read-proto.ts";

/** The tokenizer in the content of a `.model` file. It adds no begin or end token on its own, as the library. */
export function sentencePieceTokenizer(content: Uint8Array, name = "sentencepiece.model"): PipelineTokenizer {
  const file = readSentencePieceFile(content, name);
  const model = modelOf(file, name);
  const addedTokens = file.pieces.flatMap(({ piece, type }, id) =>
    type === "control" ? [controlToken(piece, id)] : [],
  );
  return new PipelineTokenizer({
    name,
    json: undefined,
    model,
    addedTokens,
    normalizer: sentencePieceNormalizer(file, name),
    decoder: decoderOf(file),
    needsAlignment: false,
  });
}

/**
 * What cuts a line into pieces, as the library's `EncodeAsPieces`: a stretch that the vocabulary does not have stands there as it
 * is written, where ids have the unknown piece.
 *
 * @param content of a `.model` file
 * @example sentencePiecePieces(readFileSync("spm.model"))("the cat") // ["▁the", "▁c", "at"]
 */
export function sentencePiecePieces(
  content: Uint8Array,
  name = "sentencepiece.model",
): (line: string) => string[] {
  const file = readSentencePieceFile(content, name);
  const [model, normalizer] = [modelOf(file, name), sentencePieceNormalizer(file, name)];
  const unknown = unknownId(file, name);
  return (line) => {
    const text = normalizer.plain(line);
    const { ids, starts, ends } = model.tokenize(text);
    return ids.map((id, i) => (id === unknown ? text.slice(starts[i], ends[i]) : file.pieces[id].piece));
  };
}

function modelOf(file: SentencePieceFile, name: string): WordModel {
  return file.modelType === "unigram" ? unigramOf(file, name) : bpeOf(file, name);
}

function controlToken(content: string, id: number): AddedToken {
  return {
    id,
    content,
    singleWord: false,
    stripLeft: false,
    stripRight: false,
    normalized: false,
    special: true,
  };
}

function unknownId(file: SentencePieceFile, where: string): number {
  const id = file.pieces.findIndex(({ type }) => type === "unknown");
  return id >= 0 ? id : fail(where, { expected: "a piece of type unknown", got: "none" });
}

function unigramOf(file: SentencePieceFile, where: string): Unigram {
  const normal = file.pieces.filter(({ type }) => type === "normal").map(({ score }) => score);
  const best = normal.reduce((most, score) => Math.max(most, score), -Infinity);
  // A user-defined piece always wins: it scores as its length in best pieces.
  const scoreOf = ({ piece, score, type }: SentencePieceFile["pieces"][number]) =>
    type === "user" ? Math.fround(Buffer.byteLength(piece) * best) - 0.1 : score;
  return new Unigram({
    vocab: file.pieces.map((piece) => [piece.piece, scoreOf(piece)]),
    unknownId: unknownId(file, where),
    byteFallback: file.byteFallback,
    isMatched: (id) => file.pieces[id].type === "normal" || file.pieces[id].type === "user",
    lowestScore: normal.reduce((least, score) => Math.min(least, score), Infinity),
    singlePrecision: true,
    where,
  });
}

/**
 * Byte-pair encoding as SentencePiece does it: two neighbours join whenever they are a piece together, the
 * best-scored piece first. User-defined pieces stand as they are.
 */
function bpeOf(file: SentencePieceFile, where: string): WordModel {
  if (file.modelType !== "bpe")
    fail(`${where} model_type`, { expected: "unigram or bpe", got: file.modelType });
  if (file.pieces.some(({ type }) => type === "unused")) {
    fail(`${where} pieces`, { expected: "no unused pieces in a BPE model", got: "some" });
  }
  const ids = new Map(file.pieces.map(({ piece }, id) => [piece, id]));
  const matched = new Map(
    file.pieces.flatMap(({ piece, type }, id) =>
      type === "normal" || type === "user" ? [[piece, id] as const] : [],
    ),
  );
  const user = file.pieces.filter(({ type }) => type === "user").map(({ piece }) => piece);
  const userPattern = user.length > 0 ? literalPattern(user) : undefined;
  const pairs = pairsByScore(file, matched);
  const unknown = unknownId(file, where);

  function mergeStretch(word: string, start: number, end: number, tokens: WordTokens): void {
    const symbols: number[] = [];
    const starts: number[] = [];
    for (let at = start; at < end; at += word.codePointAt(at)! > 0xffff ? 2 : 1) {
      symbols.push(matched.get(String.fromCodePoint(word.codePointAt(at)!)) ?? unknown);
      starts.push(at);
    }
    const merged = Int32Array.from(symbols);
    const mergedStarts = Int32Array.from(starts);
    const count = mergePairs(pairs, merged, mergedStarts, symbols.length);
    for (let i = 0; i < count; i++) {
      push(tokens, word, merged[i], mergedStarts[i], i + 1 < count ? mergedStarts[i + 1] : end);
    }
  }

  function push(tokens: WordTokens, word: string, id: number, start: number, end: number): void {
    const isUnknown = id === unknown;
    if (isUnknown && !file.byteFallback && tokens.ids.at(-1) === unknown) {
      tokens.ends[tokens.ends.length - 1] = end;
      return;
    }
    const bytes = Array.from(
      Buffer.from(word.slice(start, end)),
      (byte) => ids.get(byteToken(byte)) ?? unknown,
    );
    for (const written of isUnknown && file.byteFallback ? bytes : [id]) {
      tokens.ids.push(written);
      tokens.starts.push(start);
      tokens.ends.push(end);
    }
  }

  return {
    vocabSize: file.pieces.length,
    tokenize(word) {
      const tokens: WordTokens = { ids: [], starts: [], ends: [] };
      let start = 0;
      for (const match of userPattern === undefined ? [] : word.matchAll(userPattern)) {
        mergeStretch(word, start, match.index, tokens);
        start = match.index + match[0].length;
        push(tokens, word, matched.get(match[0])!, match.index, start);
      }
      mergeStretch(word, start, word.length, tokens);
      return tokens;
    },
    tokenToId: (token) => ids.get(token),
    idToToken: (id) => file.pieces[id]?.piece,
    toJSON: () => ({ type: "BPE" }),
  };
}

function pairsByScore(file: SentencePieceFile, matched: ReadonlyMap<string, number>): PairTable {
  const scores = [...new Set(file.pieces.map(({ score }) => score))].sort((a, b) => b - a);
  const rankOfScore = new Map(scores.map((score, rank) => [score, rank]));
  const pairs = new PairTable(matched.size * 3);
  for (const [piece, id] of matched) {
    if (file.pieces[id].type === "user") continue;
    for (let cut = 1; cut < piece.length; cut++) {
      const left = matched.get(piece.slice(0, cut));
      const right = matched.get(piece.slice(cut));
      if (left !== undefined && right !== undefined)
        pairs.add(left, right, rankOfScore.get(file.pieces[id].score)!, id);
    }
  }
  return pairs;
}

function decoderOf(file: SentencePieceFile): Decoder {
  const types = new Map(file.pieces.map(({ piece, type }) => [piece, type]));
  const dropsFirst = file.addDummyPrefix || file.removeExtraSpaces;
  return (tokens) => {
    const decoded: string[] = [];
    let bytes: number[] = [];
    let isStart = true;
    for (const token of tokens) {
      const type = types.get(token);
      if (type === "byte") {
        bytes.push(Number.parseInt(token.slice(3, 5), 16));
        isStart = false;
        continue;
      }
      decoded.push(textOfLooseBytes(bytes));
      bytes = [];
      if (type === "control") continue;
      const text = type === "unknown" ? file.unknownSurface : token;
      decoded.push((isStart && dropsFirst ? text.replace(/^\u2581/, "") : text).replaceAll("\u2581", " "));
      isStart = false;
    }
    decoded.push(textOfLooseBytes(bytes));
    return decoded;
  };
}

/** UTF-8 where it is valid, one U+FFFD for each other byte. */
function textOfLooseBytes(bytes: readonly number[]): string {
  let text = "";
  let rest = Uint8Array.from(bytes);
  while (rest.length > 0) {
    const valid = validUtf8Length(rest);
    text += textOfBytes(rest.subarray(0, valid));
    if (valid < rest.length) text += "\ufffd";
    rest = rest.subarray(valid + 1);
  }
  return text;
}
