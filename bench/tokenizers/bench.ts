/**
 * How fast are the tokenizers? Encoding (with words seen before, and in a fresh process), decoding, the worst
 * case, training. Peers: tiktoken, Hugging Face tokenizers, rustbpe (all Rust, one thread), gpt-tokenizer (JS).
 *
 * The text is Moby-Dick; training at 32,768 adds TypeScript's declaration files. GRADBOOK_BENCH_CORPUS names a
 * text file to take instead. "cold" is the first pass over the text in a new process, after loading.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { mobyDick } from "../../datasets/moby-dick.ts";
import { startContestant } from "../contestant.ts";
import type { Contestant } from "../contestant.ts";
import { peerPython } from "../peers.ts";
import { compareTurns } from "../report.ts";
import type { Line } from "../report.ts";

interface Question {
  what: string;
  job: string;
  text: "book" | "large" | "letters";
  peers: { name: string; runs: "python" | "node" }[];
  rounds: number;
  /** A new process for every repetition. */
  fresh?: boolean;
}

const tiktoken = { name: "tiktoken", runs: "python" } as const;
const tokenizers = { name: "tokenizers", runs: "python" } as const;
const rustbpe = { name: "rustbpe", runs: "python" } as const;
const gptTokenizer = { name: "gpt-tokenizer", runs: "node" } as const;

const questions: Question[] = [
  ...["gpt2", "cl100k_base", "o200k_base"].flatMap((name): Question[] => [
    {
      what: `encode ${name}`,
      job: `encode:${name}`,
      text: "book",
      peers: [tiktoken, tokenizers, gptTokenizer],
      rounds: 5,
    },
    {
      what: `cold ${name}`,
      job: `encode:${name}`,
      text: "book",
      peers: [gptTokenizer],
      rounds: 3,
      fresh: true,
    },
    {
      what: `decode ${name}`,
      job: `decode:${name}`,
      text: "book",
      peers: [tiktoken, gptTokenizer],
      rounds: 5,
    },
  ]),
  { what: "a × 100,000", job: "encode:cl100k_base", text: "letters", peers: [tiktoken], rounds: 5 },
  { what: "BPE 8,192", job: "bpe:8192", text: "book", peers: [tokenizers, rustbpe], rounds: 3 },
  { what: "BPE 32,768", job: "bpe:32768", text: "large", peers: [tokenizers, rustbpe], rounds: 2 },
  { what: "WordPiece 8,192", job: "wordpiece:8192", text: "book", peers: [tokenizers], rounds: 2 },
  { what: "Unigram 8,192", job: "unigram:8192", text: "book", peers: [tokenizers], rounds: 1 },
];

export async function bench({ peers }: { peers: boolean }): Promise<Line[]> {
  const folder = mkdtempSync(path.join(tmpdir(), "bench-tokenizers-"));
  const texts = { book: book(), large: "", letters: "a".repeat(100_000) };
  texts.large = process.env.GRADBOOK_BENCH_CORPUS ? texts.book : texts.book + declarations();
  const file = (text: Question["text"]) => path.join(folder, `${text}.txt`);
  for (const [name, text] of Object.entries(texts)) writeFileSync(file(name as Question["text"]), text);
  try {
    const lines: Line[] = [];
    for (const { what, job, text, peers: names, rounds, fresh } of questions) {
      const start = fresh ? freshContestant : startContestant;
      const contestants = [await start("ours", nodeCommand("ours", job, file(text)))];
      for (const { name, runs } of peers ? names : []) {
        const command =
          runs === "node"
            ? nodeCommand(name, job, file(text))
            : [peerPython(), here("peer.py"), name, job, file(text), ...rankFileArguments(job)];
        // One thread for all: the libraries would otherwise use every core.
        contestants.push(
          await start(name, command, { RAYON_NUM_THREADS: "1", TOKENIZERS_PARALLELISM: "false" }),
        );
      }
      const megabytes = Buffer.byteLength(texts[text]) / 1e6;
      for (const line of await compareTurns(what, contestants, { rounds, repetitions: fresh ? 1 : 3 })) {
        lines.push({
          ...line,
          about: { ...line.about, "MB/s": Number((megabytes / (line.median / 1000)).toFixed(1)) },
        });
      }
    }
    return lines;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function here(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

function nodeCommand(...args: string[]): string[] {
  return [process.execPath, here("contestant.ts"), ...args];
}

/** Where the rank file of the job's encoding is, for Python. */
function rankFileArguments(job: string): string[] {
  const name = job.split(":")[1].replace("gpt2", "r50k_base");
  return job.startsWith("encode") || job.startsWith("decode")
    ? [fileURLToPath(new URL(`../../node_modules/gpt-tokenizer/data/${name}.tiktoken`, import.meta.url))]
    : [];
}

/** A contestant that is a new process each time; what it measures itself is its time. */
async function freshContestant(name: string, [executable, ...args]: readonly string[]): Promise<Contestant> {
  return {
    name,
    about: {},
    turn: async (repetitions) =>
      Array.from({ length: repetitions }, () => {
        const output = execFileSync(executable, args, { input: "1\n", encoding: "utf8" });
        return (JSON.parse(output.trim().split("\n")[1]) as number[])[0];
      }),
    peakMemory: async () => undefined,
    stop: () => {},
  };
}

function book(): string {
  const file = process.env.GRADBOOK_BENCH_CORPUS;
  return file === undefined
    ? mobyDick()
        .chapters.map(({ text }) => text)
        .join("\n\n")
    : readFileSync(file, "utf8");
}

function declarations(): string {
  const folder = new URL("../../node_modules/typescript/lib/", import.meta.url);
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    /\.d\.ts$|\.json$/.test(name),
  );
  return names.map((name) => readFileSync(new URL(name, folder), "utf8")).join("\n");
}
