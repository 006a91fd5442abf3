/**
 * Which notebooks the user trusts.
 *
 * A notebook's stored outputs may hold HTML and scripts of whoever made the file. The front end shows them
 * cleaned, without scripts and widgets, until the notebook is trusted: its outputs were made here, or the
 * user said so. What is trusted is a signature of the content, kept outside the file, so that no file can
 * declare itself trusted, and every foreign change takes the trust away.
 *
 * Source: Jupyter, "Security in notebook documents".
 */
import { createHmac } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { formatNotebook } from "../../document/write.ts";
import { isCodeCell, type CodeCell, type Notebook, type Output } from "../../document/notebook.ts";

/** Signatures kept; the oldest go first. */
const KEPT = 20_000;
/** Outputs that cannot run code or reach out, whoever made them. */
const HARMLESS = new Set(["text/plain", "image/png", "image/jpeg", "image/gif", "application/json"]);

export class TrustStore {
  readonly #file: string;
  readonly #secret: string;

  /** @param folder where the signatures are kept */
  constructor(folder: string, secret: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#file = path.join(folder, "trusted-notebooks.json");
    this.#secret = secret;
  }

  /** Sets `metadata.trusted` of each code cell, the flag that the front end reads; in place. */
  mark(notebook: Notebook): Notebook {
    const trusted = this.isTrusted(notebook);
    for (const cell of notebook.cells.filter(isCodeCell)) {
      cell.metadata.trusted = trusted || cell.outputs.every(isHarmless);
    }
    return notebook;
  }

  /** Remembers the notebook when the front end says that all its cells are trusted. */
  rememberIfTrusted(notebook: Notebook): void {
    const isTrusted = (cell: CodeCell) => cell.metadata.trusted === true || cell.outputs.every(isHarmless);
    if (notebook.cells.filter(isCodeCell).every(isTrusted)) this.trust(notebook);
  }

  isTrusted(notebook: Notebook): boolean {
    return this.#read().includes(this.#sign(notebook));
  }

  trust(notebook: Notebook): void {
    const signature = this.#sign(notebook);
    const kept = this.#read().filter((other) => other !== signature);
    const file = `${this.#file}.${process.pid}`;
    writeFileSync(file, JSON.stringify([...kept, signature].slice(-KEPT)), { mode: 0o600 });
    renameSync(file, this.#file);
  }

  /** The file's own text is signed: formatNotebook leaves the `trusted` flags out. */
  #sign(notebook: Notebook): string {
    return createHmac("sha256", this.#secret).update(formatNotebook(notebook)).digest("hex");
  }

  #read(): string[] {
    try {
      return JSON.parse(readFileSync(this.#file, "utf8")) as string[];
    } catch {
      return []; // Not there yet, or broken: then nothing is trusted, which is safe.
    }
  }
}

function isHarmless(output: Output): boolean {
  if (output.output_type === "stream" || output.output_type === "error") return true;
  return Object.keys(output.data).every((mime) => HARMLESS.has(mime));
}
