import { describe, expect, test } from "vitest";
import {
  codeCell,
  fromPercent,
  markdownCell,
  newNotebook,
  toPercent,
} from "../../../studio/document/index.ts";

const TYPESCRIPT = { kernelspec: { name: "gradbook", display_name: "TypeScript", language: "typescript" } };

describe("a percent script", () => {
  test("looks like one that a person would write", () => {
    const notebook = newNotebook(
      [
        { ...markdownCell("# Title\n\nText."), id: "a" },
        { ...codeCell("const steps = 100;\nsteps", { tags: ["parameters"] }), id: "b" },
      ],
      TYPESCRIPT,
    );
    expect(toPercent(notebook)).toBe(`// ---
// jupyter:
//   kernelspec:
//     name: gradbook
//     display_name: TypeScript
//     language: typescript
// ---

// %% [markdown] id="a"
// # Title
//
// Text.

// %% id="b" tags=["parameters"]
const steps = 100;
steps
`);
  });

  test.each([
    ["", "empty cells"],
    ["a\n\n\n", "blank lines at the end"],
    ["\n\na", "blank lines at the start"],
    ["// %% not a marker\n%% nor this\n// // %% nor that\n//\n// \n//x", "lines that look like markers"],
    ["  indented\t\n\ttabs  ", "white space"],
  ])("gives the notebook back exactly: %j (%s)", (source) => {
    const metadata = { tags: ["a b", 'c"d'], "jupyter.x": { deep: [1, { "k=v": "x y=1" }] } };
    const notebook = newNotebook(
      [
        markdownCell(source),
        codeCell(source, metadata),
        { ...markdownCell(source), cell_type: "raw" },
        codeCell(source),
      ],
      TYPESCRIPT,
    );
    expect(fromPercent(toPercent(notebook))).toEqual(notebook);
  });

  test("gives the notebook's metadata back exactly, whatever it holds", () => {
    const metadata = {
      ...TYPESCRIPT,
      odd: { yes: "no", "1": "1.0", list: [null, [], {}], text: "a\n# b: c\n" },
    };
    const notebook = newNotebook([codeCell("1")], metadata);
    expect(fromPercent(toPercent(notebook))).toEqual(notebook);
  });

  test("leaves outputs, timings and widget state behind", () => {
    const notebook = newNotebook([codeCell("1")], { ...TYPESCRIPT, widgets: {} });
    const bare = structuredClone(notebook);
    delete bare.metadata.widgets;
    Object.assign(notebook.cells[0], {
      execution_count: 4,
      outputs: [{ output_type: "stream", name: "stdout", text: "x" }],
      metadata: { execution: {} },
    });
    expect(fromPercent(toPercent(notebook))).toEqual(bare);
  });

  test("written by jupytext or by hand is read", () => {
    const script = `// ---
// jupyter:
//   jupytext:
//     text_representation:
//       extension: .ts
//   kernelspec:
//     display_name: TypeScript
//     language: typescript
//     name: gradbook
// ---

// %% [markdown]
// Hello

// %% A title
1 + 1
// %%
`;
    const notebook = fromPercent(script);
    expect(notebook.metadata.kernelspec).toEqual({
      display_name: "TypeScript",
      language: "typescript",
      name: "gradbook",
    });
    expect(notebook.cells).toMatchObject([
      { cell_type: "markdown", source: "Hello", metadata: {} },
      { cell_type: "code", source: "1 + 1", metadata: { title: "A title" } },
      { cell_type: "code", source: "" },
    ]);
  });

  test("with a broken marker is refused with the marker", () => {
    expect(() => fromPercent("// %% tags=[oops]\n", "a.ts")).toThrow(
      'a.ts: expected JSON after tags=, got "// %% tags=[oops]"',
    );
  });
});
