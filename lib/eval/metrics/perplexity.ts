/** How surprised a model is by a text: perplexity, and bits per byte or character, which any tokenizer can share. */
import { fail } from "../../core/errors.ts";

export interface Surprise {
  tokens: number;
  bytes: number;
  characters: number;
  /** Mean nats per token. */
  loss: number;
  /** e^loss: among how many equally likely tokens the model hesitates. */
  perplexity: number;
  /** Bits per byte of UTF-8, and per Unicode code point. */
  bitsPerByte: number;
  bitsPerCharacter: number;
}

/**
 * @param logProbabilities ln of the probability of each token of the text
 * @throws GradbookError when there is no token, or the text is empty
 */
export function surprise(text: string, logProbabilities: ArrayLike<number>): Surprise {
  const tokens = logProbabilities.length;
  if (tokens === 0 || text === "") fail("surprise", { expected: "a text and its tokens", got: "none" });
  const nats = -Array.from(logProbabilities).reduce((sum, log) => sum + log, 0);
  const [bytes, characters] = [Buffer.byteLength(text), Array.from(text).length];
  const loss = nats / tokens;
  return {
    ...{ tokens, bytes, characters, loss, perplexity: Math.exp(loss) },
    bitsPerByte: nats / Math.LN2 / bytes,
    bitsPerCharacter: nats / Math.LN2 / characters,
  };
}
