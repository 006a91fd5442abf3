/** The punctuation that word counts of the published filters ignore: datatrove's set, which grew out of CCNet's. */

// Marks of CCNet (arXiv 1911.00359) in several scripts, control characters, and Unicode's sentence marks with
// the three Khmer ones that Unicode does not count as such.
const MARKS =
  /^[!/—”:％１〈&(、━\\【#%「」，】；+^\]~“《„';’{|∶´[=\-`*．（–？！：$～«〉,><》)?）。…@_."}►»\p{Sentence_Terminal}៖៙៚\p{Cc}]+$/u;
const SENTENCE_END = /[\p{Sentence_Terminal}៖៙៚]$/u;

/** True for a word made only of punctuation and control characters. */
export function isSymbolWord(word: string): boolean {
  return !isLetter(word.charCodeAt(0)) && MARKS.test(word);
}

/** True when a line ends in a sentence mark of any script. */
export function endsInSentenceMark(line: string): boolean {
  return !isLetter(line.charCodeAt(line.length - 1)) && SENTENCE_END.test(line);
}

/** ASCII letters, which nearly all words and many lines start and end with: spares the expressions above. */
function isLetter(unit: number): boolean {
  return (unit >= 97 && unit <= 122) || (unit >= 65 && unit <= 90);
}
