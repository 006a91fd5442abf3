/** What is left of damaged notebook files. */
import { describe, expect, test } from "vitest";
import {
  formatNotebook,
  newNotebook,
  notebookProblems,
  parseNotebook,
  repairNotebook,
} from "../../../studio/document/index.ts";
import { codeCell, markdownCell } from "../../../studio/document/index.ts";
import { parsePartialJson } from "../../../studio/document/partial-json.ts";

const stream = { output_type: "stream", name: "stdout", text: "42\n" } as const;
const SOUND = newNotebook(
  [
    markdownCell('# Title\nwith "quotes" and \\slashes'),
    { ...codeCell("const a = 1;\na"), execution_count: 1, outputs: [stream] },
    codeCell("a + 1"),
  ],
  { kernelspec: { name: "gradbook", display_name: "TypeScript" } },
);
const TEXT = formatNotebook(SOUND);
const repair = (text: string) => repairNotebook(Buffer.from(text), "a.ipynb");
const sources = (text: string) => repair(text).notebook.cells.map(({ source }) => source);
const edited = (edit: (json: { cells: Record<string, unknown>[] } & Record<string, unknown>) => void) => {
  const json = JSON.parse(TEXT) as Parameters<typeof edit>[0];
  edit(json);
  return JSON.stringify(json, null, 1);
};

describe("a damaged file", () => {
  test("cut off anywhere gives a valid notebook of the cells before, or says that there is none", () => {
    const all = SOUND.cells.map(({ source }) => source);
    for (let length = 0; length < TEXT.length - 1; length++) {
      let found;
      try {
        found = repair(TEXT.slice(0, length));
      } catch (error) {
        expect(String(error)).toMatch(/a\.ipynb: expected a notebook.*was not changed/);
        continue;
      }
      expect(notebookProblems(found.notebook)).toEqual([]);
      expect(found.problems[0]).toMatch(/^The file ends in line \d+, before it is complete\.$/);
      found.notebook.cells.forEach(({ source }, i) => expect(all[i].startsWith(source)).toBe(true));
    }
    expect(sources(TEXT.slice(0, TEXT.indexOf('"a + 1"')))).toHaveLength(3);
  });

  test("broken in the middle gives the cells before and behind the damage", () => {
    const text = TEXT.replace('"outputs": [\n    {', '"outputs": [\n    oops {');
    const { notebook, problems } = repair(text);
    expect(notebook.cells.map(({ source }) => source)).toEqual([SOUND.cells[0].source, "", "a + 1"]);
    expect(problems).toEqual([
      expect.stringMatching(/^Line \d+ is no JSON\.$/),
      "Cells found behind the damage: 1.",
      expect.stringMatching(/^Cell 2 was mended: source/),
    ]);
  });

  test("with git's conflict markers shows one side of each conflict", () => {
    const line = '    "const a = 1;\\n",\n';
    expect(TEXT).toContain(line);
    const conflict = `<<<<<<< HEAD\n${line}=======\n    "const a = 2;\\n",\n>>>>>>> other\n`;
    const { notebook, problems } = repair(TEXT.replace(line, conflict));
    expect(notebook.cells[1].source).toBe("const a = 1;\na");
    expect(problems).toEqual(["Git's conflict markers: of each conflict the part above ======= is shown."]);
    const lower = TEXT.replace(line, `<<<<<<< HEAD\n    oops\n=======\n${line}>>>>>>> other\n`);
    expect(repair(lower).problems).toEqual([expect.stringContaining("the part below")]);
  });

  test("in UTF-16, or with a byte order mark, is read", () => {
    expect(repair(`\uFEFF${TEXT}`).problems).toEqual([]);
    const utf16 = Buffer.from(`\uFEFF${TEXT}`, "utf16le");
    const { notebook, problems } = repairNotebook(utf16, "a.ipynb");
    expect(notebook.cells).toHaveLength(3);
    expect(problems).toEqual(["The file was in UTF-16LE instead of UTF-8."]);
  });

  test("with bytes that are no text keeps the rest", () => {
    const bytes = Buffer.from(TEXT);
    bytes[TEXT.indexOf("Title")] = 0xff;
    const { notebook, problems } = repairNotebook(bytes, "a.ipynb");
    expect(notebook.cells[0].source).toMatch(/^# \uFFFDitle/);
    expect(problems).toEqual(["Bytes that are no text were replaced by �."]);
  });

  test.each<[string, (json: Parameters<Parameters<typeof edited>[0]>[0]) => void, RegExp, number]>([
    ["a number for a source", ({ cells }) => (cells[2].source = 5), /^Cell 3 was mended: source/, 3],
    ["no source", ({ cells }) => delete cells[2].source, /^Cell 3 was mended: source/, 3],
    ["metadata as a list", ({ cells }) => (cells[2].metadata = []), /^Cell 3 was mended: metadata/, 3],
    [
      "tags as a text",
      ({ cells }) => (cells[2].metadata = { tags: "a" }),
      /^Cell 3 was mended: metadata\.tags/,
      3,
    ],
    [
      "a cell of an unknown type",
      ({ cells }) => (cells[2].cell_type = "sql"),
      /^Cell 3 was mended: cell_type/,
      3,
    ],
    [
      "a cell that is a text",
      ({ cells }) => cells.push("hello" as never),
      /^Cell 4 is no cell; it was left out\.$/,
      3,
    ],
    [
      "an output that is none",
      ({ cells }) => (cells[1].outputs as unknown[]).push({ a: 1 }),
      /^Cell 2 lost outputs that could not be read: 1/,
      3,
    ],
    [
      "a count that is a text",
      ({ cells }) => (cells[1].execution_count = "1"),
      /^Cell 2 was mended: execution_count/,
      3,
    ],
    [
      "a kernel without a name",
      (json) => (json.metadata = { kernelspec: {} }),
      /^metadata\.kernelspec was left out/,
      3,
    ],
  ])("with %s is mended, and says so", (_name, edit, problem, cells) => {
    const { notebook, problems } = repair(edited(edit));
    expect(problems).toEqual([expect.stringMatching(problem)]);
    expect(notebook.cells).toHaveLength(cells);
    expect(notebookProblems(notebook)).toEqual([]);
    // It can be saved, and read again.
    expect(parseNotebook(formatNotebook(notebook)).cells).toHaveLength(cells);
  });

  test("with an id that is there twice, or impossible, gets a new one", () => {
    const { notebook } = repair(
      edited(({ cells }) => {
        cells[1].id = cells[0].id;
        cells[2].id = "no spaces please";
      }),
    );
    expect(new Set(notebook.cells.map(({ id }) => id)).size).toBe(3);
  });

  test("without nbformat, but with cells, is a notebook", () => {
    expect(repair(edited((json) => delete json.nbformat)).notebook.cells).toHaveLength(3);
  });

  test.each([
    ["nothing", "", /an empty file/],
    ["zeros, as after a power cut", "\0".repeat(1000), /a file without any/],
    ["an error page", "<html>502 Bad Gateway</html>", /a file without any/],
    ["cells as an object", '{"cells": {}, "nbformat": 4}', /a file without any/],
    ["a text", '"just a text"', /a file without any/],
    ["brackets without end", "[".repeat(100_000), /a file without any/],
  ])("in which there is no cell is refused: %s", (_name, text, reason) => {
    expect(() => repair(text)).toThrow(reason);
  });

  test("of a format of the future is refused, not repaired", () => {
    expect(() => repair(edited((json) => (json.nbformat = 5)))).toThrow(
      "a.ipynb: expected nbformat 4 (or 3, which is upgraded), got nbformat 5; this file is from a newer Jupyter",
    );
    expect(repair(edited((json) => (json.nbformat_minor = 9))).problems).toEqual([]);
  });
});

test("partial JSON ends where it is broken, and keeps what is whole", () => {
  expect(parsePartialJson('{"a": [1, "two')).toEqual({ value: { a: [1, "two"] }, brokenAt: 14, end: 14 });
  expect(parsePartialJson('{"a": 1, b: 2}')).toMatchObject({ value: { a: 1 }, brokenAt: 9 });
  expect(parsePartialJson('{"a": tru')).toMatchObject({ value: {}, brokenAt: 6 });
  expect(parsePartialJson("[1] rest")).toEqual({ value: [1], end: 3 });
});
