/**
 * Fuzzing against the originals: tiktoken, Hugging Face tokenizers, SentencePiece, transformers. They live in
 * bench/.peers/venv, made by `npm run bench:peers`. GRADBOOK_FUZZ multiplies the number of texts.
 */
import { describe, expect, test } from "vitest";
import {
  chatFormats,
  openaiEncoding,
  openaiEncodingNames,
  renderChat,
  sentencePieceTokenizer,
  trainBpe,
  trainUnigram,
  trainWordPiece,
} from "../../lib/tokenizers/index.ts";
import { rankFilePath } from "../../lib/tokenizers/openai.ts";
import { patternOf, splitNames } from "../../lib/tokenizers/split/index.ts";
import type { HuggingFaceAnswers, SentencePieceAnswers, TiktokenAnswers } from "../tokenizers/answers.ts";
import { fuzzTexts } from "../tokenizers/fuzz-text.ts";
import { pipelineAnswers } from "../tokenizers/pipeline-answers.ts";
import { ask, hasReference } from "./tokenizers/reference.ts";

const factor = Number(process.env.GRADBOOK_FUZZ ?? 1);
const seed = Number(process.env.GRADBOOK_FUZZ_SEED ?? 1);
/** The first text where two lists of answers differ; undefined when they are equal. A short failure to read. */
function firstDifference<Answer>(
  texts: readonly string[],
  ours: readonly Answer[],
  theirs: readonly Answer[],
) {
  const at = ours.findIndex((answer, i) => JSON.stringify(answer) !== JSON.stringify(theirs[i]));
  return at < 0 ? undefined : { text: JSON.stringify(texts[at]), ours: ours[at], theirs: theirs[at] };
}

describe.skipIf(!hasReference())("the originals", () => {
  test("tiktoken: ids of every encoding on anything, control tokens and broken bytes included", () => {
    const texts = fuzzTexts(seed, 4000 * factor);
    const bytes = texts.slice(0, 800).map((text, i) => {
      const blob = Buffer.from(text.slice(0, 100));
      if (i % 2 === 0 && blob.length > 0) blob[(i * 7) % blob.length] = 0x80 + (i % 128);
      return i % 2 === 0 ? blob : blob.subarray(0, Math.max(0, blob.length - 1));
    });
    const rankFiles = Object.fromEntries(
      ["r50k_base", "p50k_base", "cl100k_base", "o200k_base"].map((name) => [name, rankFilePath(name)]),
    );
    const answers = ask<Record<string, TiktokenAnswers>>({
      command: "tiktoken",
      texts,
      bytes: bytes.map((blob) => blob.toString("base64")),
      rankFiles,
      names: openaiEncodingNames,
    });
    for (const name of openaiEncodingNames) {
      const tokenizer = openaiEncoding(name);
      const plain = texts.map((text) => [...tokenizer.encode(text)]);
      const special = texts.map((text) => [...tokenizer.encode(text, { allowedSpecial: "all" })]);
      const broken = bytes.map((blob) => [...tokenizer.encodeBytes(blob)]);
      expect(firstDifference(texts, plain, answers[name].plain), name).toBeUndefined();
      expect(firstDifference(texts, special, answers[name].special), name).toBeUndefined();
      expect(firstDifference(texts, broken, answers[name].bytes), name).toBeUndefined();
      expect(texts.map((text, i) => tokenizer.decode(plain[i]) === text.toWellFormed())).not.toContain(false);
    }
  });

  test("Hugging Face: ids, offsets, masks, pairs and decoded text of 18 kinds of pipeline", () => {
    const texts = fuzzTexts(seed + 1, 400 * factor, { surrogates: false });
    const corpus = fuzzTexts(seed + 2, 1200, { surrogates: false });
    const answers = ask<Record<string, HuggingFaceAnswers>>({
      command: "hugging-face",
      texts,
      corpus,
      size: 2000,
    });
    expect(Object.keys(answers).length).toBe(18);
    for (const [name, { file, encodings }] of Object.entries(answers)) {
      const ours = pipelineAnswers(file, name, texts);
      // Key order is the same on both sides only by luck, so compare field by field.
      for (const field of Object.keys(ours[0]) as (keyof (typeof ours)[0])[]) {
        const difference = firstDifference(
          texts,
          ours.map((answer) => answer[field]),
          encodings.map((answer) => answer[field]),
        );
        expect(difference, `${name} ${field}`).toBeUndefined();
      }
    }
  });

  test("SentencePiece: ids and decoded text of seven kinds of model", () => {
    const texts = fuzzTexts(seed + 3, 1000 * factor, { surrogates: false });
    const corpus = fuzzTexts(seed + 4, 1200, { surrogates: false });
    const answers = ask<Record<string, SentencePieceAnswers>>({
      command: "sentencepiece",
      texts,
      corpus,
      size: 3500,
    });
    expect(Object.keys(answers).length).toBe(7);
    for (const [name, { model, ids, decoded }] of Object.entries(answers)) {
      const tokenizer = sentencePieceTokenizer(Buffer.from(model, "base64"), name);
      const ours = texts.map((text) => [...tokenizer.encode(text)]);
      expect(firstDifference(texts, ours, ids), name).toBeUndefined();
      const read = ids.map((row) => tokenizer.decode(row));
      expect(firstDifference(texts, read, decoded), name).toBeUndefined();
    }
  });

  test.each(splitNames)("Hugging Face's trainer learns the same merges, ties included: %s", (split) => {
    const texts = fuzzTexts(seed + 5, 1500 * factor, { surrogates: false });
    const job = { pattern: patternOf(split), size: 1500, minFrequency: 2, special: ["<|endoftext|>"], texts };
    const theirs = ask<{ vocab: Record<string, number>; merges: string[][] }>({ command: "train", ...job });
    const bpe = trainBpe(texts, { vocabSize: 1500, split });
    const { model } = bpe.toJSON() as { model: { vocab: Record<string, number>; merges: string[][] } };
    expect(model.merges).toEqual(theirs.merges);
    expect(model.vocab).toEqual(theirs.vocab);
  });

  test("tokenizers trained here give the same ids in Python", () => {
    const corpus = fuzzTexts(seed + 6, 500, { surrogates: false });
    const texts = fuzzTexts(seed + 7, 300 * factor, { surrogates: false });
    const files = {
      bpe: trainBpe(corpus, { vocabSize: 1000 }).toJSON(),
      "bpe-o200k": trainBpe(corpus, { vocabSize: 1000, split: "o200k" }).toJSON(),
      "bpe-cl100k": trainBpe(corpus, { vocabSize: 1000, split: "cl100k" }).toJSON(),
      wordpiece: trainWordPiece(corpus, { vocabSize: 3000 }).toJSON(),
      unigram: trainUnigram(corpus, { vocabSize: 3000 }).toJSON(),
      gpt2: openaiEncoding("gpt2").toJSON(),
    };
    const answers = ask<Record<string, HuggingFaceAnswers>>({ command: "hugging-face", texts, files });
    for (const [name, { encodings }] of Object.entries(answers)) {
      const ours = pipelineAnswers(files[name as keyof typeof files], name, texts);
      expect(
        firstDifference(
          texts,
          ours.map(({ ids, offsets, decoded }) => ({ ids, offsets, decoded })),
          encodings.map(({ ids, offsets, decoded }) => ({ ids, offsets, decoded })),
        ),
        name,
      ).toBeUndefined();
    }
  });

  test("transformers renders our chat templates to the same text", () => {
    const conversation = [
      { role: "system", content: " Be brief. " },
      { role: "user", content: "Hi\n" },
      { role: "assistant", content: " Hello.  " },
      { role: "user", content: "2 + 2?" },
    ];
    const formats = Object.keys(chatFormats) as (keyof typeof chatFormats)[];
    const cases = formats.flatMap((format) =>
      [conversation, conversation.slice(0, 2), conversation.slice(1), conversation.slice(1, 3)].flatMap(
        (messages) => [true, false].map((prompt) => ({ format, messages, prompt })),
      ),
    );
    const rendered = ask<string[]>({
      command: "chats",
      chats: cases.map(({ format, messages, prompt }) => {
        const { template, beginOfText: begin, endOfTurn: end } = chatFormats[format];
        return { messages, template, prompt, begin, end };
      }),
    });
    const ours = cases.map(({ format, messages, prompt }) =>
      renderChat(messages, { format, addGenerationPrompt: prompt }),
    );
    expect(ours).toEqual(rendered);
  });
});
