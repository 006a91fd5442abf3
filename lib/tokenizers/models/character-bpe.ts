/**
 * Byte-pair encoding whose smallest symbols are characters, in all the variants that `tokenizer.json` knows:
 * an unknown token or bytes (`<0xE4>`) for characters outside the vocabulary, a prefix for what continues a
 * word, a suffix for what ends one.
 */
import { fail, shown } from "../../core/errors.ts";
import { mergePairs } from "../byte-pair-merge.ts";
import { PairTable } from "../pair-table.ts";
import { TokenTable } from "./model.ts";
import type { WordModel, WordTokens } from "./model.ts";

export interface CharacterBpeParts {
  vocab: ReadonlyMap<string, number>;
  /** Pairs of tokens, the earlier the sooner merged. */
  merges: readonly (readonly [string, string])[];
  unknown?: string;
  /** Marks what continues a word. */
  prefix?: string;
  /** Marks what ends a word. */
  suffix?: string;
  /** Whether neighbouring unknown characters become one unknown token. */
  fusesUnknown: boolean;
  /** Whether characters outside the vocabulary are written as byte tokens. */
  byteFallback: boolean;
  /** Whether a word that is a token skips the merges. */
  wholeWordFirst: boolean;
  where: string;
}

export class CharacterBpe implements WordModel {
  readonly parts: CharacterBpeParts;
  readonly pairs: PairTable;
  readonly table: TokenTable;
  private readonly unknownId: number | undefined;
  private readonly byteTokens: readonly (number | undefined)[];

  constructor(parts: CharacterBpeParts) {
    this.parts = parts;
    this.table = new TokenTable(parts.vocab);
    this.pairs = pairsOfMerges(parts);
    this.unknownId = parts.unknown === undefined ? undefined : parts.vocab.get(parts.unknown);
    if (parts.unknown !== undefined && this.unknownId === undefined) {
      fail(`${parts.where}.unk_token`, { expected: "a token of the vocabulary", got: shown(parts.unknown) });
    }
    this.byteTokens = Array.from({ length: 256 }, (_, byte) => parts.vocab.get(byteToken(byte)));
  }

  get vocabSize(): number {
    return this.table.size;
  }

  tokenize(word: string): WordTokens {
    if (this.parts.wholeWordFirst) {
      const id = this.table.ids.get(word);
      if (id !== undefined) return { ids: [id], starts: [0], ends: [word.length] };
    }
    const { ids, starts, ends } = this.symbolsOf(word);
    // Merging moves the index of each symbol along; symbols without text in between would lose their end.
    const merged = Int32Array.from(ids);
    const firsts = Int32Array.from(ids, (_, i) => i);
    const count = mergePairs(this.pairs, merged, firsts, ids.length);
    const tokens: WordTokens = { ids: [], starts: [], ends: [] };
    for (let i = 0; i < count; i++) {
      const next = i + 1 < count ? firsts[i + 1] : ids.length;
      tokens.ids.push(merged[i]);
      tokens.starts.push(starts[firsts[i]]);
      tokens.ends.push(ends[next - 1]);
    }
    return tokens;
  }

  private symbolsOf(word: string): WordTokens {
    const { prefix = "", suffix = "", fusesUnknown, byteFallback } = this.parts;
    const symbols: WordTokens = { ids: [], starts: [], ends: [] };
    const add = (id: number, start: number, end: number) => {
      symbols.ids.push(id);
      symbols.starts.push(start);
      symbols.ends.push(end);
    };
    let lastIsUnknown = false;
    for (let start = 0; start < word.length;) {
      const end = start + (word.codePointAt(start)! > 0xffff ? 2 : 1);
      const spelling =
        (start > 0 ? prefix : "") + word.slice(start, end) + (end === word.length ? suffix : "");
      const id = this.table.ids.get(spelling);
      const bytes = id === undefined && byteFallback ? this.bytesOf(spelling) : undefined;
      if (id !== undefined) add(id, start, end);
      else if (bytes !== undefined) for (const byte of bytes) add(byte, start, end);
      else if (this.unknownId !== undefined) {
        if (lastIsUnknown && fusesUnknown) symbols.ends[symbols.ends.length - 1] = end;
        else add(this.unknownId, start, end);
      }
      lastIsUnknown = id === undefined && bytes === undefined;
      start = end;
    }
    return symbols;
  }

  private bytesOf(spelling: string): number[] | undefined {
    const ids = Array.from(Buffer.from(spelling), (byte) => this.byteTokens[byte]);
    return ids.every((id) => id !== undefined) ? ids : undefined;
  }

  tokenToId(token: string): number | undefined {
    return this.table.ids.get(token);
  }

  idToToken(id: number): string | undefined {
    return this.table.tokens.get(id);
  }

  toJSON(): object {
    const { merges, unknown, prefix, suffix, fusesUnknown, byteFallback, wholeWordFirst } = this.parts;
    return {
      type: "BPE",
      dropout: null,
      unk_token: unknown ?? null,
      continuing_subword_prefix: prefix ?? null,
      end_of_word_suffix: suffix ?? null,
      fuse_unk: fusesUnknown,
      byte_fallback: byteFallback,
      ignore_merges: wholeWordFirst,
      vocab: this.table.toJSON(),
      merges,
    };
  }
}

/** The spelling of a byte token. */
export function byteToken(byte: number): string {
  return `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`;
}

/** The pair table of a list of merges; a merge of tokens that the vocabulary lacks is an error. */
function pairsOfMerges({ vocab, merges, prefix = "", where }: CharacterBpeParts): PairTable {
  const pairs = new PairTable(merges.length);
  // From the last to the first: a pair listed twice keeps its last rank.
  for (let rank = merges.length - 1; rank >= 0; rank--) {
    const [left, right] = merges[rank];
    const joined = left + right.slice(right.startsWith(prefix) ? prefix.length : 0);
    const leftId = vocab.get(left);
    const rightId = vocab.get(right);
    const merged = vocab.get(joined);
    if (leftId === undefined || rightId === undefined || merged === undefined) {
      const missing = leftId === undefined ? left : rightId === undefined ? right : joined;
      fail(`${where}.merges[${rank}]`, {
        expected: "tokens of the vocabulary",
        got: `${shown(missing)}, which is not`,
      });
    }
    pairs.add(leftId, rightId, rank, merged);
  }
  return pairs;
}
