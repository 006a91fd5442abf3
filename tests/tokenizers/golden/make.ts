/**
 * Makes the golden files of this folder from the originals. Run after `npm run bench:peers`:
 *
 *   node tests/tokenizers/golden/make.ts
 *
 * tiktoken 0.14.0, tokenizers 0.23.3, sentencepiece 0.2.3.
 */
import { writeFileSync } from "node:fs";
import { openaiEncodingNames, rankFilePath } from "../../../lib/tokenizers/openai.ts";
import { ask } from "../../peers/tokenizers/reference.ts";
import { fuzzTexts } from "../fuzz-text.ts";

const texts = fuzzTexts(11, 60, { surrogates: false });
const corpus = fuzzTexts(12, 400, { surrogates: false });
const rankFiles = Object.fromEntries(
  ["r50k_base", "p50k_base", "cl100k_base", "o200k_base"].map((name) => [name, rankFilePath(name)]),
);
const bytes = texts.map((text, i) =>
  Buffer.from(text)
    .subarray(0, -1 - (i % 2))
    .toString("base64"),
);

function write(name: string, content: object): void {
  writeFileSync(new URL(`${name}.json`, import.meta.url), `${JSON.stringify(content)}\n`);
}

write("tiktoken", {
  texts,
  bytes,
  answers: ask({ command: "tiktoken", texts, bytes, rankFiles, names: openaiEncodingNames }),
});
write("hugging-face", {
  texts: texts.slice(0, 30),
  answers: ask({ command: "hugging-face", texts: texts.slice(0, 30), corpus, size: 500 }),
});
write("sentencepiece", {
  texts: texts.slice(0, 30),
  answers: ask({
    command: "sentencepiece",
    texts: texts.slice(0, 30),
    corpus,
    size: 1300,
    kinds: ["unigram-bytes", "bpe-bytes"],
  }),
});
