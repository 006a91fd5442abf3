/**
 * Jupyter's own Python tools as the reference: which cells and outputs nbconvert keeps for each tag, the bytes
 * that nbformat writes, the scripts that jupytext reads and writes. They live in bench/.peers/venv, made by
 * `npm run bench:peers`.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, globSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import {
  codeCell,
  formatNotebook,
  fromPercent,
  markdownCell,
  newNotebook,
  parseNotebook,
  readNotebook,
  toPercent,
  type Cell,
  type Notebook,
} from "../../studio/document/index.ts";
import { renderHtml } from "../../studio/report/index.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const python = join(process.env.GRADBOOK_PEERS ?? join(root, "bench", ".peers", "venv"), "bin", "python");
const PACKAGES = ["nbconvert", "nbformat", "jupytext"];
const ready =
  existsSync(python) &&
  spawnSync(python, ["-c", `import ${PACKAGES.join(", ")}`], { stdio: "ignore" }).status === 0;
if (!ready) console.warn(`skipped: ${python} with ${PACKAGES.join(", ")} is not there (npm run bench:peers)`);

const folder = mkdtempSync(join(tmpdir(), "gradbook-nbconvert-"));
const run = (...words: string[]) =>
  execFileSync(python, words, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

/** The notebooks that the installed Python packages bring for their own tests. */
const theirNotebooks = ready
  ? globSync("**/*.ipynb", {
      cwd: run("-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])").trim(),
    }).map((file) =>
      join(run("-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])").trim(), file),
    )
  : [];

/** Cells whose input and output can be recognised in any report by their words. */
function taggedNotebook(): Notebook {
  const tagged = (word: string, ...tags: string[]): Cell => ({
    ...codeCell(`in_${word} = 1`, tags.length > 0 ? { tags } : {}),
    execution_count: 1,
    outputs: [
      { output_type: "stream", name: "stdout", text: `out_${word}_stream\n` },
      { output_type: "display_data", data: { "text/plain": `out_${word}_display` }, metadata: {} },
    ],
  });
  return newNotebook(
    [
      markdownCell("# text_plain"),
      markdownCell("text_removed", { tags: ["remove-cell"] }),
      tagged("plain"),
      tagged("cell", "remove-cell"),
      tagged("input", "remove-input"),
      tagged("output", "remove-output"),
      tagged("both", "remove-input", "remove-output"),
      tagged("other", "some-tag"),
    ],
    { language_info: { name: "python" }, kernelspec: { name: "python3", display_name: "Python 3" } },
  );
}

/** The recognisable words of a report; `text_cell` is a CSS class of nbconvert's. */
const wordsIn = (html: string) =>
  [...new Set(html.match(/\b(?:in|out|text)_(?!cell_render|cell\b)[a-z]+(?:_[a-z]+)?/g))].sort();

describe.skipIf(!ready)("nbconvert", () => {
  test("keeps and removes the same cells, inputs and outputs by tag", async () => {
    writeFileSync(join(folder, "tags.ipynb"), formatNotebook(taggedNotebook()));
    const preprocessor = "TagRemovePreprocessor";
    run(
      ...["-m", "nbconvert", "--to", "html", "--template", "basic", "tags.ipynb"],
      `--${preprocessor}.enabled=True`,
      `--${preprocessor}.remove_cell_tags=remove-cell`,
      `--${preprocessor}.remove_input_tags=remove-input`,
      `--${preprocessor}.remove_all_outputs_tags=remove-output`,
    );
    const theirs = wordsIn(readFileSync(join(folder, "tags.html"), "utf8"));
    expect(wordsIn(await renderHtml(taggedNotebook()))).toEqual(theirs);
    expect(theirs).toEqual([
      ...["in_other", "in_output", "in_plain"],
      ...["out_input_display", "out_input_stream", "out_other_display", "out_other_stream"],
      ...["out_plain_display", "out_plain_stream", "text_plain"],
    ]);
  });

  test("shows the same text outputs of its own test notebooks", async () => {
    expect(theirNotebooks.length).toBeGreaterThan(5);
    for (const file of theirNotebooks) {
      const text = readFileSync(file, "utf8");
      if (JSON.parse(text).nbformat < 3) continue;
      const notebook = parseNotebook(text, file);
      const html = await renderHtml(notebook);
      for (const cell of notebook.cells) {
        const streams =
          cell.cell_type === "code" ? cell.outputs.filter((each) => each.output_type === "stream") : [];
        for (const { text } of streams) {
          const line = text.split("\n").find((each) => /^[\w ]{4,}$/.test(each));
          if (line) expect(html, basename(file)).toContain(line);
        }
      }
    }
  });
});

describe.skipIf(!ready)("nbformat", () => {
  const write = "import sys, nbformat; nb = nbformat.read(sys.argv[1], 4); nbformat.write(nb, sys.argv[2])";

  test("writes the same bytes as we do", () => {
    const files = theirNotebooks.map((file, index) => {
      const ours = join(folder, `ours-${index}.ipynb`);
      writeFileSync(ours, formatNotebook(readNotebook(file)));
      return ours;
    });
    writeFileSync(join(folder, "tagged.ipynb"), formatNotebook(taggedNotebook()));
    for (const file of [...files, join(folder, "tagged.ipynb")]) {
      run("-c", write, file, "theirs.ipynb");
      expect(readFileSync(file, "utf8")).toBe(readFileSync(join(folder, "theirs.ipynb"), "utf8"));
    }
  });

  test("finds our notebooks valid", () => {
    writeFileSync(join(folder, "valid.ipynb"), formatNotebook(taggedNotebook()));
    const check = "import nbformat; nbformat.validate(nbformat.read('valid.ipynb', 4)); print('valid')";
    expect(run("-c", check)).toBe("valid\n");
  });
});

describe.skipIf(!ready)("jupytext", () => {
  const cells = () => [
    markdownCell("# Title\n\nText."),
    codeCell("const a: number = 1;\n\na", { tags: ["parameters"] }),
    codeCell("a + 1"),
  ];
  const metadata = {
    kernelspec: { name: "gradbook", display_name: "TypeScript (gradbook)", language: "typescript" },
    language_info: { name: "typescript", file_extension: ".ts" },
  };
  const plain = ({ cells }: Notebook) =>
    cells.map(({ cell_type, source, metadata }) => [cell_type, source, metadata.tags]);

  test("reads our scripts", () => {
    writeFileSync(join(folder, "ours.ts"), toPercent(newNotebook(cells(), metadata)));
    run("-m", "jupytext", "--to", "ipynb", "ours.ts");
    expect(plain(readNotebook(join(folder, "ours.ipynb")))).toEqual(plain(newNotebook(cells())));
  });

  test("writes scripts that we read", () => {
    writeFileSync(join(folder, "theirs.ipynb"), formatNotebook(newNotebook(cells(), metadata)));
    run("-m", "jupytext", "--to", "ts:percent", "theirs.ipynb");
    const read = fromPercent(readFileSync(join(folder, "theirs.ts"), "utf8"));
    expect(plain(read)).toEqual(plain(newNotebook(cells())));
    expect(read.metadata.kernelspec).toEqual(metadata.kernelspec);
  });
});
