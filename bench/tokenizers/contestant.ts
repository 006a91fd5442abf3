/** Takes turns for ours or gpt-tokenizer: `contestant.ts WHO JOB FILE`, see bench.ts. */
import { readFileSync } from "node:fs";
import { openaiEncoding, trainBpe, trainUnigram, trainWordPiece } from "../../lib/tokenizers/index.ts";
import type { OpenaiEncodingName } from "../../lib/tokenizers/index.ts";
import { serveTurns } from "../contestant.ts";

const [who, job, file] = process.argv.slice(2);
const [kind, parameter] = job.split(":");
const text = readFileSync(file, "utf8");

async function step(): Promise<() => void> {
  const vocabSize = Number(parameter);
  if (kind === "bpe") return () => void trainBpe([text], { vocabSize, minFrequency: 0 });
  if (kind === "wordpiece")
    return () => void trainWordPiece(text.split("\n"), { vocabSize, minFrequency: 0 });
  if (kind === "unigram") return () => void trainUnigram(text.split("\n"), { vocabSize });
  if (who === "ours") {
    const tokenizer = openaiEncoding(parameter as OpenaiEncodingName);
    if (kind === "encode") return () => void tokenizer.encode(text);
    const ids = tokenizer.encode(text);
    return () => void tokenizer.decode(ids);
  }
  const name = parameter === "gpt2" ? "r50k_base" : parameter;
  const peer = (await import(`gpt-tokenizer/encoding/${name}`)) as {
    encode(text: string): number[];
    decode(ids: number[]): string;
  };
  if (kind === "encode") return () => void peer.encode(text);
  const ids = peer.encode(text);
  return () => void peer.decode(ids);
}

await serveTurns({}, await step());
