/** Answers to questions: exact match and word overlap as SQuAD scores them (Rajpurkar et al., arXiv 1606.05250). */
import { checkLengths, countItems, overlap, splitWords } from "./check.ts";

/** Lower case, without punctuation and articles, single spaces. */
export function normalizeAnswer(answer: string): string {
  const plain = answer.toLowerCase().replace(/[!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]/g, "");
  return splitWords(plain.replace(/(?<![\p{L}\p{N}_])(a|an|the)(?![\p{L}\p{N}_])/gu, " ")).join(" ");
}

export interface AnswerScore {
  /** Share of answers equal to one of the right ones. */
  exactMatch: number;
  /** Mean F1 of words in common, with the right answer that fits best. */
  f1: number;
}

/** @param references for each answer one or several right ones; an empty one means that there is no answer */
export function answerScore(
  answers: readonly string[],
  references: readonly (readonly string[])[],
): AnswerScore {
  checkLengths("answerScore", { answers, references });
  const mean = (score: (answer: string, reference: string) => number): number =>
    answers.reduce((sum, answer, i) => {
      checkLengths("answerScore", { references: references[i] });
      return sum + Math.max(...references[i].map((reference) => score(answer, reference)));
    }, 0) / answers.length;
  return {
    exactMatch: mean((a, b) => Number(normalizeAnswer(a) === normalizeAnswer(b))),
    f1: mean(wordF1),
  };
}

function wordF1(answer: string, reference: string): number {
  const [ours, theirs] = [answer, reference].map((text) => splitWords(normalizeAnswer(text)));
  if (ours.length === 0 || theirs.length === 0) return Number(ours.length === theirs.length);
  const common = overlap(countItems(ours), countItems(theirs));
  if (common === 0) return 0;
  const [precision, recall] = [common / ours.length, common / theirs.length];
  return (2 * precision * recall) / (precision + recall);
}
