/**
 * BLEU over SentencePiece's pieces instead of words (spBLEU; Goyal et al., arXiv 2106.03193): one way of cutting for a hundred
 * languages, as sacrebleu's flores101 and flores200. The model is a file of its own, which the user downloads once.
 */
import { existsSync, readFileSync } from "node:fs";
import { fail } from "../../core/errors.ts";
import { sentencePiecePieces } from "../../tokenizers/sentencepiece/load.ts";
import type { BleuWords } from "./bleu-tokenizers.ts";

/**
 * @param file SentencePiece's `.model`, e.g. the one that sacrebleu keeps in `~/.sacrebleu/models`
 * @param name as it is to stand in the signature: `"flores101"`, `"flores200"`
 * @throws GradbookError when there is no such file, or it is damaged
 * @example corpusBleu(texts, references, { tokenize: bleuPieces("flores200.model", "flores200") }).score
 */
export function bleuPieces(file: string, name: string): BleuWords {
  if (!existsSync(file))
    fail("bleuPieces", { expected: "a SentencePiece model", got: `no ${file}`, hint: HOW_TO_GET });
  return { name, words: sentencePiecePieces(readFileSync(file), file) };
}

const HOW_TO_GET =
  "sacrebleu downloads it into ~/.sacrebleu/models on its first use: echo a | sacrebleu -tok flores200 <(echo a)";
