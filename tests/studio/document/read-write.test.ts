import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  formatNotebook,
  parseNotebook,
  readNotebook,
  writeNotebook,
} from "../../../studio/document/index.ts";

/** Saved by Jupyter: sorted keys, one space of indent, line arrays, base64 in one string, newline at the end. */
const SAVED_BY_JUPYTER = `{
 "cells": [
  {
   "attachments": {
    "dot.png": {
     "image/png": "iVBORw0KGgo=\\n"
    }
   },
   "cell_type": "markdown",
   "id": "1f0c8a11",
   "metadata": {},
   "source": [
    "# Title\\n",
    "\\n",
    "![dot](attachment:dot.png) — ä"
   ]
  },
  {
   "cell_type": "code",
   "execution_count": 1,
   "id": "77abcdef",
   "metadata": {
    "tags": [
     "parameters"
    ]
   },
   "outputs": [
    {
     "name": "stdout",
     "output_type": "stream",
     "text": [
      "one\\n",
      "two\\u001b[31m\\n"
     ]
    },
    {
     "data": {
      "application/vnd.plotly.v1+json": {
       "data": [],
       "layout": {}
      },
      "image/svg+xml": [
       "<svg>\\n",
       "</svg>"
      ],
      "text/plain": [
       "chart"
      ]
     },
     "execution_count": 1,
     "metadata": {},
     "output_type": "execute_result"
    },
    {
     "ename": "Error",
     "evalue": "no",
     "output_type": "error",
     "traceback": [
      "line 1",
      "line 2"
     ]
    }
   ],
   "source": []
  },
  {
   "cell_type": "raw",
   "id": "raw-cell",
   "metadata": {},
   "source": [
    "raw"
   ]
  }
 ],
 "metadata": {
  "kernelspec": {
   "display_name": "TypeScript (gradbook)",
   "language": "typescript",
   "name": "gradbook"
  }
 },
 "nbformat": 4,
 "nbformat_minor": 5
}
`;

describe("a notebook file", () => {
  test("that Jupyter saved is the same bytes after reading and writing", () => {
    expect(formatNotebook(parseNotebook(SAVED_BY_JUPYTER))).toBe(SAVED_BY_JUPYTER);
  });

  test("holds multi-line texts as strings in memory", () => {
    const [markdown, code] = parseNotebook(SAVED_BY_JUPYTER).cells;
    expect(markdown.source).toBe("# Title\n\n![dot](attachment:dot.png) — ä");
    expect(code).toMatchObject({ source: "", outputs: [{ text: "one\ntwo\u001b[31m\n" }, {}, {}] });
  });

  test("loses the marks that only a running Jupyter needs", () => {
    const notebook = parseNotebook(SAVED_BY_JUPYTER);
    notebook.metadata.signature = "sha256:…";
    notebook.cells[0].metadata.trusted = true;
    expect(formatNotebook(notebook)).toBe(SAVED_BY_JUPYTER);
  });

  // A limit on file sizes cuts a write off as a full disk does: a part of it is written, then none.
  test.skipIf(process.platform === "win32")("stays whole when the disk is full while it is saved", () => {
    const folder = mkdtempSync(join(tmpdir(), "gradbook-"));
    const file = join(folder, "a.ipynb");
    writeFileSync(file, SAVED_BY_JUPYTER);
    const module = new URL("../../../studio/document/index.ts", import.meta.url);
    const script = `import { codeCell, newNotebook, writeNotebook } from "${module}";
      writeNotebook(${JSON.stringify(file)}, newNotebook([codeCell("x".repeat(1_000_000))]));`;
    const limited = `trap "" XFSZ; ulimit -f 64; exec "$0" --input-type=module-typescript -e "$1"`;
    const { status, stderr } = spawnSync("bash", ["-c", limited, process.execPath, script], {
      encoding: "utf8",
    });
    expect(stderr).toMatch(/EFBIG|ENOSPC/);
    expect(status).toBe(1);
    expect(readFileSync(file, "utf8")).toBe(SAVED_BY_JUPYTER);
    expect(readdirSync(folder)).toEqual(["a.ipynb"]);
  });

  test("is replaced as a whole and leaves no temporary file behind", () => {
    const folder = mkdtempSync(join(tmpdir(), "gradbook-write-"));
    const file = join(folder, "a.ipynb");
    writeFileSync(file, "old");
    writeNotebook(file, parseNotebook(SAVED_BY_JUPYTER));
    expect(readFileSync(file, "utf8")).toBe(SAVED_BY_JUPYTER);
    expect(readdirSync(folder)).toEqual(["a.ipynb"]);
  });
});

describe("an older file", () => {
  test("of format 4.4 gets cell ids, the same at every reading", () => {
    const old = `{"nbformat":4,"nbformat_minor":4,"metadata":{},"cells":[
      {"cell_type":"markdown","metadata":{},"source":"a"},{"cell_type":"markdown","metadata":{},"source":"a"}]}`;
    const [first, second] = parseNotebook(old).cells;
    expect(first.id).toMatch(/^[0-9a-f]{8}$/);
    expect(second.id).not.toBe(first.id);
    expect(parseNotebook(old)).toEqual(parseNotebook(old));
    expect(parseNotebook(old).nbformat_minor).toBe(5);
  });

  test("of format 3 becomes format 4", () => {
    const old = {
      nbformat: 3,
      nbformat_minor: 0,
      metadata: { name: "old" },
      worksheets: [
        {
          cells: [
            { cell_type: "heading", level: 2, source: ["A", " title"], metadata: {} },
            {
              cell_type: "code",
              language: "python",
              input: ["print(1)\n", "2"],
              prompt_number: 7,
              metadata: {},
              outputs: [
                { output_type: "stream", stream: "stdout", text: ["1\n"] },
                { output_type: "pyout", prompt_number: 7, text: ["2"], png: "iVBO", metadata: {} },
                { output_type: "pyerr", ename: "E", evalue: "v", traceback: ["t"] },
              ],
            },
          ],
        },
      ],
    };
    const notebook = parseNotebook(JSON.stringify(old));
    expect(notebook.metadata.language_info).toEqual({ name: "python" });
    expect(notebook.cells).toMatchObject([
      { cell_type: "markdown", source: "## A title" },
      {
        cell_type: "code",
        source: "print(1)\n2",
        execution_count: 7,
        outputs: [
          { output_type: "stream", name: "stdout", text: "1\n" },
          {
            output_type: "execute_result",
            execution_count: 7,
            data: { "text/plain": "2", "image/png": "iVBO" },
          },
          { output_type: "error", ename: "E", evalue: "v", traceback: ["t"] },
        ],
      },
    ]);
  });
});

describe("a file that is no notebook is refused with a sentence that says what to do:", () => {
  test.each([
    ["a missing file", undefined, /expected a notebook file, got no such file; check the path/],
    ["an empty file", "", /expected a notebook, got an empty file/],
    ["broken JSON", '{"cells": [', /expected JSON, got .*the file was not changed/],
    ["a merge conflict", '{\n<<<<<<< HEAD\n"a": 1\n=======\n', /git conflict markers; resolve the merge/],
    ["other JSON", "[1]", /expected a notebook \(a JSON object with nbformat\), got \[ 1 \]/],
    [
      "a future format",
      '{"nbformat": 5}',
      /expected nbformat 4 .*, got nbformat 5; this file is from a newer/,
    ],
    ["an ancient format", '{"nbformat": 2}', /got nbformat 2; open and save it once/],
    [
      "a broken output",
      '{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":[{"cell_type":"code","id":"a","metadata":{},"source":"","execution_count":null,"outputs":[{"output_type":"stream","name":"out","text":""}]}]}',
      /cells\[0\]\.outputs\[0\]\.name/,
    ],
    [
      "an id used twice",
      '{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":[{"cell_type":"raw","id":"a","metadata":{},"source":""},{"cell_type":"raw","id":"a","metadata":{},"source":""}]}',
      /cells\[1\]\.id: "a" is also the id of an earlier cell/,
    ],
  ])("%s", (_name, text, message) => {
    const file = join(mkdtempSync(join(tmpdir(), "gradbook-read-")), "a.ipynb");
    if (text !== undefined) writeFileSync(file, text);
    expect(() => readNotebook(file)).toThrow(message);
    if (text !== undefined) expect(readFileSync(file, "utf8")).toBe(text);
  });
});
