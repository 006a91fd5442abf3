/**
 * Sentences as spaCy's rule-based sentencizer counts them, which datatrove's C4 filter uses: a sentence ends after
 * a word that is a sentence mark (one character such as `.` `!` `?` `。`) and the marks and punctuation after it.
 * So "e.g." and "3.5" end nothing, and "Mr. X" does not either.
 */
import { splitWords } from "./words.ts";

/** Unicode's Sentence_Terminal, plus the ideographic and halfwidth full stops it contains anyway. */
const SENTENCE_MARK = /^\p{Sentence_Terminal}$/u;
const PUNCTUATION_ONLY = /^\p{P}+$/u;

/** Number of sentences; 0 for a text without words. */
export function countSentences(text: string): number {
  let sentences = 0;
  let ended = true;
  for (const word of splitWords(text)) {
    const mark = SENTENCE_MARK.test(word);
    if (sentences === 0 || (ended && !mark && !PUNCTUATION_ONLY.test(word))) {
      sentences++;
      ended = false;
    }
    if (mark) ended = true;
  }
  return sentences;
}

/**
 * The sentences of a text for reading and hashing: cut after sentence marks that white space follows, and at line
 * ends. Abbreviations such as "Dr." do not end a sentence.
 */
export function splitSentences(text: string): string[] {
  const sentences: string[] = [];
  for (const line of text.split(/\n+/)) {
    let start = 0;
    for (const match of line.matchAll(/[.!?…。！？]+["'”’)\]]*(?:\s+|$)|[。！？]/gu)) {
      const end = match.index + match[0].length;
      if (ABBREVIATION.test(line.slice(start, match.index + 1))) continue;
      push(sentences, line.slice(start, end));
      start = end;
    }
    push(sentences, line.slice(start));
  }
  return sentences;
}

const ABBREVIATION =
  /(?:^|\s)(?:Mr|Mrs|Ms|Dr|Prof|St|vs|e\.g|i\.e|cf|No|Gen|Gov|Sen|Rep|Inc|Ltd|Co|[A-Z])\.$/;

function push(sentences: string[], sentence: string): void {
  const trimmed = sentence.trim();
  if (trimmed !== "") sentences.push(trimmed);
}
