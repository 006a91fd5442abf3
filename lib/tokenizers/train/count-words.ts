/**
 * How often each word occurs once texts are normalised and cut as a pipeline does it: what WordPiece, Unigram
 * and word vocabularies are learned from.
 */
import { fail } from "../../core/errors.ts";
import { checkText } from "../byte-level-bpe.ts";
import { AlignedText } from "../pipeline/aligned-text.ts";
import { readNormalizer } from "../pipeline/normalizers.ts";
import { readPreTokenizer } from "../pipeline/pre-tokenizers.ts";

/** Stretches of text are looked at piece by piece, so that a book need not be cut as a whole. */
const STRETCH = 1 << 14;

/**
 * Words and their counts, in order of first appearance.
 *
 * @param normalizer, preTokenizer as in a `tokenizer.json`; null leaves the step out
 * @throws GradbookError when no word is left
 */
export function countWords(
  texts: Iterable<string>,
  normalizer: object | null,
  preTokenizer: object,
  where: string,
): Map<string, number> {
  const normalize = normalizer === null ? undefined : readNormalizer(normalizer, `${where} normalizer`);
  const cut = readPreTokenizer(preTokenizer, `${where} pre_tokenizer`);
  const counts = new Map<string, number>();
  for (const text of typeof texts === "string" ? [texts] : texts) {
    checkText(text, where);
    for (const line of stretches(text.toWellFormed())) {
      for (const { text: word } of cut(new AlignedText(normalize?.plain(line) ?? line), false)) {
        if (word !== "") counts.set(word, (counts.get(word) ?? 0) + 1);
      }
    }
  }
  if (counts.size === 0) fail(where, { expected: "a corpus with text", got: "no words at all" });
  return counts;
}

/** A long text in stretches that end at a line break. */
function* stretches(text: string): Iterable<string> {
  let start = 0;
  while (start + STRETCH < text.length) {
    const lineEnd = text.indexOf("\n", start + STRETCH);
    if (lineEnd < 0) break;
    yield text.slice(start, lineEnd + 1);
    start = lineEnd + 1;
  }
  yield text.slice(start);
}
