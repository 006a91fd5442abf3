/**
 * Text for masked language modelling (BERT, arXiv 1810.04805): 15 % of the words are to be guessed; of those 80 %
 * are replaced by the mask, 10 % by another word of the text, 10 % stay.
 *
 * Works on words, for people to look at; models mask token ids (lib/batches).
 */
import { random } from "../../core/random.ts";

export interface MaskedText {
  /** The text with masks. */
  text: string;
  /** The words to guess: their place among the words, and what stood there. */
  targets: { index: number; word: string }[];
}

export interface MaskOptions {
  /** Default 0.15. */
  rate?: number;
  /** Default `"[MASK]"`. */
  mask?: string;
  seed?: number;
}

export function maskWords(
  text: string,
  { rate = 0.15, mask = "[MASK]", seed = 1 }: MaskOptions = {},
): MaskedText {
  const generator = random(seed);
  const pieces = text.split(/(\s+)/);
  const words = pieces.filter((piece) => piece.trim() !== "");
  const targets: MaskedText["targets"] = [];
  let index = -1;
  const masked = pieces.map((piece) => {
    if (piece.trim() === "") return piece;
    index++;
    if (generator.uniform() >= rate) return piece;
    targets.push({ index, word: piece });
    const choice = generator.uniform();
    return choice < 0.8 ? mask : choice < 0.9 ? words[generator.integer(words.length)] : piece;
  });
  return { text: masked.join(""), targets };
}
