/** Pairs in a small alphabet: after a letter, the chosen answer goes on in the alphabet, the rejected one goes back. */
import { GPT } from "../../lib/models/index.ts";
import { encodePreferences, type TokenRanking } from "../../lib/rlhf/index.ts";
import { trainCharTokenizer } from "../../lib/tokenizers/index.ts";

const LETTERS = "abcdefghijklmnop";

export const tokenizer = trainCharTokenizer(`${LETTERS}.>`);
export const CONTEXT = 8;

export const examples = [...LETTERS].slice(2, -3).map((letter, i) => ({
  prompt: `${letter}>`,
  chosen: `${LETTERS.slice(i + 3, i + 5)}.`,
  rejected: i % 2 === 0 ? `${LETTERS[i + 1]}.` : `${LETTERS[i + 1]}${LETTERS[i]}.`,
}));

export const pairs: TokenRanking[] = encodePreferences(examples, {
  tokenizer,
  contextLength: CONTEXT,
}).rankings;

export const tinyGPT = (seed = 1): GPT =>
  new GPT(
    { vocabSize: tokenizer.vocabSize, contextLength: CONTEXT, layers: 2, heads: 2, width: 16 },
    { seed },
  );
