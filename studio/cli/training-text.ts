/** The text that a command trains or is judged on, and the tokenizer for it. */
import { existsSync, readFileSync } from "node:fs";
import { datasetNamed, datasets, mobyDick } from "../../datasets/index.ts";
import { fail, nearest } from "../../lib/core/errors.ts";
import {
  loadTokenizer,
  openaiEncoding,
  openaiEncodingNames,
  trainBpe,
  trainCharTokenizer,
  type OpenaiEncodingName,
  type Tokenizer,
} from "../../lib/tokenizers/index.ts";

export interface TrainingText {
  train: string;
  validation: string;
}

/**
 * A file's text with its last part held out, or a data set's with every n-th document held out.
 *
 * @param source path of a text file, or a data set's name
 * @param share of the text that is held out
 */
export async function readText(source: string, share: number): Promise<TrainingText> {
  if (existsSync(source)) {
    const text = readFileSync(source, "utf8");
    const border = Math.floor(text.length * (1 - share));
    return { train: text.slice(0, border), validation: text.slice(border) };
  }
  if (source === "moby-dick") return mobyDick();
  const names = datasets().map(({ name }) => name);
  if (!names.includes(source)) {
    const near = nearest(source, names);
    fail("train", {
      expected: "a text file, or the name of a data set",
      got: source,
      hint: near ? `did you mean ${near}?` : '"gradbook datasets list" names them',
    });
  }
  const every = Math.max(2, Math.round(1 / share));
  const parts: Record<keyof TrainingText, string[]> = { train: [], validation: [] };
  let count = 0;
  for await (const { text } of datasetNamed(source).documents())
    parts[++count % every === 0 ? "validation" : "train"].push(text);
  // A set that is one long text is divided like a file.
  if (parts.validation.length === 0) {
    const [text] = parts.train;
    const border = Math.floor(text.length * (1 - share));
    return { train: text.slice(0, border), validation: text.slice(border) };
  }
  return { train: parts.train.join("\n\n"), validation: parts.validation.join("\n\n") };
}

/** @param name `char`, `bpe:SIZE`, an encoding of OpenAI's (`gpt2`), or a tokenizer file */
export function readTokenizer(name: string, text: string): Tokenizer {
  if (name === "char") return trainCharTokenizer(text, { unknown: "<unk>" });
  const bpe = /^bpe:(\d+)$/.exec(name);
  if (bpe) return trainBpe([text], { vocabSize: Number(bpe[1]) });
  const encodings = openaiEncodingNames as readonly string[];
  if (encodings.includes(name)) return openaiEncoding(name as OpenaiEncodingName);
  if (existsSync(name)) return loadTokenizer(name);
  return fail("train", {
    expected: `char, bpe:SIZE, ${encodings.join(", ")}, or a tokenizer file`,
    got: name,
  });
}
