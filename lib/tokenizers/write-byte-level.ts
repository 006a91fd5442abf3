/**
 * A byte-level BPE tokenizer as a Hugging Face `tokenizer.json`.
 */
import type { ByteVocabulary } from "./byte-vocabulary.ts";
import { spellBytes } from "./bytes.ts";
import type { PairTable } from "./pair-table.ts";
import { patternOf } from "./split/index.ts";
import type { SplitName } from "./split/index.ts";

export interface ByteLevelContent {
  vocabulary: ByteVocabulary;
  pairs: PairTable;
  split: SplitName;
  wholeWordFirst: boolean;
  special: ReadonlyMap<string, number>;
}

/** An entry of `added_tokens` for a control token. */
export function controlTokenJson(content: string, id: number): object {
  return { id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
}

/** The content of the file. */
export function byteLevelJson(content: ByteLevelContent): object {
  const { vocabulary, pairs, special } = content;
  const spellings = Array.from({ length: vocabulary.size }, (_, id) => spellBytes(vocabulary.token(id)));
  const vocab: Record<string, number> = Object.fromEntries(special);
  for (const [id, spelling] of spellings.entries()) if (spelling !== "") vocab[spelling] = id;
  const merges = pairs.entries().map(({ left, right }) => [spellings[left], spellings[right]]);
  const frame = byteLevelFrame(content);
  return { ...frame, model: { ...frame.model, vocab, merges } };
}

/** The content of the file but for vocabulary and merges. */
export function byteLevelFrame({
  split,
  wholeWordFirst,
  special,
}: Omit<ByteLevelContent, "vocabulary" | "pairs">) {
  const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: false };
  const cut = { type: "Split", pattern: { Regex: patternOf(split) }, behavior: "Isolated", invert: false };
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: [...special]
      .sort(([, a], [, b]) => a - b)
      .map(([token, id]) => controlTokenJson(token, id)),
    normalizer: null,
    pre_tokenizer:
      split === "gpt2"
        ? { ...byteLevel, use_regex: true }
        : { type: "Sequence", pretokenizers: [cut, { ...byteLevel, use_regex: false }] },
    post_processor: null,
    decoder: { ...byteLevel, use_regex: true },
    model: {
      type: "BPE",
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: wholeWordFirst,
    },
  };
}
