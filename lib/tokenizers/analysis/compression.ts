/**
 * How well a tokenizer fits a text: bytes per token, tokens per word, what is unknown.
 */
import { spellBytes } from "../bytes.ts";
import { PipelineTokenizer } from "../pipeline/pipeline-tokenizer.ts";
import type { Tokenizer } from "../tokenizer.ts";

export interface Compression {
  /** Size of the text as UTF-8. */
  bytes: number;
  /** Unicode code points. */
  characters: number;
  /** Runs of letters, marks and digits; in scripts without blanks a run is a whole phrase. */
  words: number;
  tokens: number;
  /** The higher, the fewer steps a model needs for the text. */
  bytesPerToken: number;
  /** Fertility (Rust et al. 2021, arXiv 2012.15613): how many tokens a word costs. */
  tokensPerWord: number;
  /** Different tokens that occur. */
  distinctTokens: number;
  /** Which part of the vocabulary occurs. */
  vocabularyUsed: number;
}

/**
 * Sizes and ratios of a text under a tokenizer, without its frame.
 *
 * @example compressionOf(openaiEncoding("gpt2"), book).bytesPerToken // about 3.9
 */
export function compressionOf(tokenizer: Tokenizer, text: string): Compression {
  const ids = tokenizer.encode(text, { addSpecialTokens: false });
  const bytes = Buffer.byteLength(text);
  const words = text.match(/[\p{L}\p{M}\p{N}]+/gu)?.length ?? 0;
  const distinctTokens = new Set(ids).size;
  return {
    bytes,
    characters: [...text].length,
    words,
    tokens: ids.length,
    bytesPerToken: ids.length === 0 ? 0 : bytes / ids.length,
    tokensPerWord: words === 0 ? 0 : ids.length / words,
    distinctTokens,
    vocabularyUsed: distinctTokens / tokenizer.vocabSize,
  };
}

export interface TokenCount {
  id: number;
  token: string;
  count: number;
}

/** How often each token occurs in a text, the most frequent first. */
export function tokenFrequencies(tokenizer: Tokenizer, text: string): TokenCount[] {
  const counts = new Map<number, number>();
  for (const id of tokenizer.encode(text, { addSpecialTokens: false }))
    counts.set(id, (counts.get(id) ?? 0) + 1);
  return [...counts]
    .map(([id, count]) => ({ id, token: tokenizer.idToToken(id) ?? "", count }))
    .sort((a, b) => b.count - a.count || a.id - b.id);
}

/**
 * The stretches of text behind each id, for showing: `["Call", " me"]`. Ids that stand for a part of a character
 * show as their bytes, `‹e4›`, and control tokens by their name.
 */
export function tokenTexts(tokenizer: Tokenizer, ids: ArrayLike<number>): string[] {
  const special = new Map([...tokenizer.special].map(([token, id]) => [id, token]));
  return Array.from(ids, (id) => {
    const name = special.get(id);
    if (name !== undefined) return name;
    const text = tokenizer.decode([id]);
    if (!text.includes("\ufffd") && text !== "") return text;
    const spelling = tokenizer.idToToken(id) ?? "";
    return readableBytes(spelling) ?? spelling;
  });
}

const byteOfSpelling = new Map(Array.from({ length: 256 }, (_, byte) => [spellBytes([byte]), byte]));

/** The visible spelling of broken bytes as hexadecimal; whole ASCII characters stay. */
function readableBytes(spelling: string): string | undefined {
  let text = "";
  for (const character of spelling) {
    const byte = byteOfSpelling.get(character);
    if (byte === undefined) return undefined;
    text +=
      byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `‹${byte.toString(16).padStart(2, "0")}›`;
  }
  return text;
}

export interface VocabularyOverlap {
  /** Tokens that both have, spelt the same. */
  shared: number;
  /** Shared tokens over all tokens of both (Jaccard). */
  similarity: number;
  /** Some tokens that only one has, the first in order of id. */
  onlyFirst: string[];
  onlySecond: string[];
}

/** Which tokens two vocabularies share. `examples` limits the lists. */
export function vocabularyOverlap(first: Tokenizer, second: Tokenizer, examples = 20): VocabularyOverlap {
  const [a, b] = [first, second].map(vocabularyOf);
  const onlyFirst = [...a].filter((token) => !b.has(token));
  const onlySecond = [...b].filter((token) => !a.has(token));
  const shared = a.size - onlyFirst.length;
  return {
    shared,
    similarity: shared / (a.size + b.size - shared),
    onlyFirst: onlyFirst.slice(0, examples),
    onlySecond: onlySecond.slice(0, examples),
  };
}

/** Every token of a vocabulary, by id. "Ġthe" and "▁the" both count as " the". */
export function vocabularyOf(tokenizer: Tokenizer): Set<string> {
  const isByteLevel = !(tokenizer instanceof PipelineTokenizer) || tokenizer.tokenToId("Ġ") !== undefined;
  const tokens = new Set<string>();
  for (let id = 0; id < tokenizer.vocabSize; id++) {
    const token = tokenizer.idToToken(id);
    if (token !== undefined)
      tokens.add(isByteLevel ? token.replaceAll("Ġ", " ") : token.replaceAll("▁", " "));
  }
  return tokens;
}
