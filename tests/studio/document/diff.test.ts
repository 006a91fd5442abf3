import { describe, expect, test } from "vitest";
import {
  cleanNotebook,
  codeCell,
  diffNotebooks,
  markdownCell,
  newNotebook,
  type Cell,
} from "../../../studio/document/index.ts";

const [title, code, last] = [markdownCell("# A"), codeCell("const a = 1;\nconst b = 2;"), codeCell("a + b")];
const changes = (before: Cell[], after: Cell[], options = {}) =>
  diffNotebooks(newNotebook(before), newNotebook(after), options).cells;

describe("the difference of two notebooks", () => {
  test("of equal ones is empty, whatever was executed", () => {
    const executed = { ...code, execution_count: 3, metadata: { execution: { x: 1 } } };
    const printed = {
      ...executed,
      outputs: [{ output_type: "stream" as const, name: "stdout" as const, text: "1" }],
    };
    expect(diffNotebooks(newNotebook([code]), newNotebook([printed], { widgets: {} }))).toEqual({
      cells: [],
      metadata: false,
    });
    expect(changes([code], [printed], { outputs: true })).toMatchObject([
      { kind: "changed", also: ["outputs"] },
    ]);
  });

  test("shows changed lines", () => {
    const edited = { ...code, source: "const a = 1;\nconst b = 3;" };
    expect(changes([title, code], [title, edited])).toEqual([
      {
        kind: "changed",
        id: code.id,
        cell_type: "code",
        number: 2,
        also: [],
        lines: [
          { kind: "same", line: "const a = 1;" },
          { kind: "removed", line: "const b = 2;" },
          { kind: "added", line: "const b = 3;" },
        ],
      },
    ]);
  });

  test("tells added, removed and moved cells apart", () => {
    const added = codeCell("new");
    const found = changes([title, code, last], [title, last, added]);
    expect(found.map(({ kind, id, number }) => [kind, id, number])).toEqual([
      ["removed", code.id, 2],
      ["added", added.id, 3],
    ]);
    expect(changes([title, code, last], [last, title, code])).toMatchObject([
      { kind: "moved", id: last.id, number: 1 },
    ]);
  });

  test("pairs cells of the same text when ids were renewed", () => {
    expect(
      changes(
        [title, code],
        [
          { ...title, id: "other" },
          { ...code, id: "more" },
        ],
      ),
    ).toEqual([]);
  });

  test("names changed tags and types", () => {
    expect(changes([last], [{ ...last, metadata: { tags: ["x"] } }])).toMatchObject([{ also: ["metadata"] }]);
    expect(changes([title], [{ ...title, cell_type: "raw" }])).toMatchObject([{ also: ["type"] }]);
    expect(diffNotebooks(newNotebook([]), newNotebook([], { title: "x" })).metadata).toBe(true);
  });
});

describe("a clean notebook", () => {
  test("has no trace of a run, and the original keeps its own", () => {
    const output = { output_type: "stream" as const, name: "stdout" as const, text: "1" };
    const executed: Cell = {
      ...code,
      execution_count: 2,
      outputs: [output],
      metadata: { tags: ["x"], execution: {} },
    };
    const kept: Cell = { ...last, outputs: [output], metadata: { tags: ["keep-output"] } };
    const notebook = newNotebook([executed, kept], {
      widgets: {},
      language_info: { name: "typescript", version: "6.0.3" },
    });
    expect(cleanNotebook(notebook)).toEqual(
      newNotebook([{ ...code, metadata: { tags: ["x"] } }, kept], { language_info: { name: "typescript" } }),
    );
    expect(executed.outputs).toEqual([output]);
  });
});
