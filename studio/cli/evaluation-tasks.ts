/** The tasks that `gradbook eval` knows by name, with the data sets behind them. */
import { readFileSync, existsSync } from "node:fs";
import { mobyDick, projectReadmes, typescriptMessages, wordNet } from "../../datasets/index.ts";
import { fail, nearest } from "../../lib/core/errors.ts";
import {
  answeringTask,
  choiceTask,
  codeTask,
  essayTask,
  javascriptFunctions,
  nextWordTask,
  perplexityTask,
  summarizingTask,
  translatingTask,
  type Pair,
  type Task,
} from "../../lib/eval/index.ts";

interface Entry {
  about: string;
  make(): Task | Promise<Task>;
}

/** Enough to draw from; `--limit` takes some of them. */
const MOST = 500;

export const EVALUATION_TASKS: Record<string, Entry> = {
  perplexity: {
    about: "how surprised it is by the held-out chapters of Moby-Dick",
    make: () => perplexityTask(paragraphs()),
  },
  "next-word": {
    about: "the last word of paragraphs of Moby-Dick",
    make: () => nextWordTask(paragraphs().map((text) => text.slice(-400))),
  },
  definitions: {
    about: "which word a definition of WordNet belongs to",
    make: async () => {
      const all: { word: string; text: string }[] = [];
      for await (const { text, metadata } of wordNet.documents()) {
        if (all.length >= 4 * MOST) break;
        all.push({ word: (metadata.words as string[])[0], text });
      }
      const examples = Array.from({ length: MOST }, (_, i) => {
        const four = [0, 1, 2, 3].map((k) => all[(i + k * MOST) % all.length]);
        return {
          prompt: `${four[i % 4].text}\nThis is: `,
          choices: four.map(({ word }) => word),
          answer: i % 4,
        };
      });
      return choiceTask("definitions", examples);
    },
  },
  answering: {
    about: "words for definitions of WordNet",
    make: async () => {
      const pairs: Pair[] = [];
      for await (const { text, metadata } of wordNet.documents()) {
        if (pairs.length >= MOST) break;
        pairs.push({ prompt: `Which word means "${text}"? `, references: metadata.words as string[] });
      }
      return answeringTask(pairs, { maxTokens: 16 });
    },
  },
  summarizing: {
    about: "what packages are for, from their READMEs",
    make: async () => {
      const pairs: Pair[] = [];
      for await (const { text, metadata } of projectReadmes.documents())
        if (typeof metadata.description === "string")
          pairs.push({
            prompt: `${text.slice(0, 1500)}\n\nIn one sentence: `,
            references: [metadata.description],
          });
      return summarizingTask(pairs.slice(0, MOST), { stop: ["\n"] });
    },
  },
  translating: {
    about: "TypeScript's messages into German",
    make: async () => {
      const byKey = new Map<string, { german?: string; french?: string }>();
      for await (const { text, metadata } of typescriptMessages.documents()) {
        const entry = byKey.get(metadata.key as string) ?? {};
        if (metadata.language === "de") entry.german = text;
        if (metadata.language === "fr") entry.french = text;
        byKey.set(metadata.key as string, entry);
      }
      const pairs = [...byKey.values()].flatMap(({ german, french }): Pair[] =>
        german && french ? [{ prompt: `French: ${french}\nGerman: `, references: [german] }] : [],
      );
      return translatingTask(pairs.slice(0, MOST));
    },
  },
  essay: {
    about: "how varied its texts are",
    make: () =>
      essayTask(["The sea is", "A good captain", "In the morning we", "What I remember of the storm:"]),
  },
  code: { about: "small JavaScript functions, run against tests", make: () => codeTask(javascriptFunctions) },
};

/** @param name of a task, or `perplexity:FILE` for a text of one's own */
export async function evaluationTask(name: string): Promise<Task> {
  const [kind, ...path] = name.split(":");
  if (kind === "perplexity" && path.length > 0) {
    const file = path.join(":");
    if (!existsSync(file)) fail("eval", { expected: "a text file", got: `none at ${file}` });
    return perplexityTask([readFileSync(file, "utf8")], name);
  }
  const entry = Object.hasOwn(EVALUATION_TASKS, name) ? EVALUATION_TASKS[name] : undefined;
  if (!entry) {
    const near = nearest(name, Object.keys(EVALUATION_TASKS));
    return fail("eval", {
      expected: `tasks among ${Object.keys(EVALUATION_TASKS).join(", ")}`,
      got: name,
      hint: near && `did you mean ${near}?`,
    });
  }
  return entry.make();
}

/** Paragraphs of some length that no model of the course was trained on. */
function paragraphs(): string[] {
  return mobyDick()
    .validation.split("\n\n")
    .filter((text) => text.length > 200)
    .slice(0, MOST);
}
