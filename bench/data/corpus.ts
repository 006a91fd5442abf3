/** What the data benches run over: texts and pages that every checkout has, written once to a temporary folder. */
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { mobyDick } from "../../datasets/moby-dick.ts";
import { projectReadmes } from "../../datasets/project-readmes.ts";
import { random } from "../../lib/core/random.ts";
import { splitSentences } from "../../lib/data/text/sentences.ts";

export interface BenchCorpus {
  /** JSON Lines with id and text. */
  texts: string;
  /** JSON Lines with the markup of pages in `text`. */
  pages: string;
}

/** Chapters of the novel in passages of about 4,000 characters, and the READMEs of the dependencies: 5.7 MB. */
export async function benchCorpus(): Promise<BenchCorpus> {
  const folder = join(tmpdir(), "gradbook-bench-data");
  mkdirSync(folder, { recursive: true });
  const [texts, pages] = [join(folder, "texts.jsonl"), join(folder, "pages.jsonl")];
  const documents: { id: string; text: string }[] = [];
  for (const { number, text } of mobyDick().chapters) {
    for (let at = 0; at < text.length; at += 4000)
      documents.push({ id: `${number}:${at}`, text: text.slice(at, at + 4000) });
  }
  const passages = documents.map(({ text }) => text);
  for await (const { id, text } of projectReadmes.documents()) documents.push({ id, text });
  writeFileSync(texts, documents.map((document) => `${JSON.stringify(document)}\n`).join(""));
  const made = benchmarkPages() ?? passages.slice(0, 150).map(pageAround);
  writeFileSync(pages, made.map((text, i) => `${JSON.stringify({ id: `page:${i}`, text })}\n`).join(""));
  return { texts, pages };
}

/**
 * The pages of the article extraction benchmark (github.com/scrapinghub/article-extraction-benchmark), when
 * GRADBOOK_PAGES names a checkout of it.
 */
export function benchmarkPages(): string[] | undefined {
  const folder = process.env.GRADBOOK_PAGES && join(process.env.GRADBOOK_PAGES, "html");
  if (!folder || !existsSync(folder)) return undefined;
  return readdirSync(folder)
    .sort()
    .map((name) => gunzipSync(readFileSync(join(folder, name))).toString("utf8"));
}

/** A page like those of news sites: as much frame as text. */
function pageAround(text: string): string {
  const links = Array.from(
    { length: 80 },
    (_, i) => `<li class="item"><a href="/topic/${i}" data-id="${i}">Topic ${i}</a></li>`,
  );
  const paragraphs = text.split("\n\n").map((paragraph) => `<p>${paragraph}</p>`);
  const script = `<script>window.state = ${JSON.stringify(links)};</script>`;
  return (
    `<!doctype html><html lang="en"><head><title>Page</title>${script}<style>.item{color:red}</style></head><body>` +
    `<nav class="menu"><ul>${links.join("")}</ul></nav><div class="layout"><main class="article-body">${paragraphs.join("")}` +
    `</main><aside class="related"><ul>${links.join("")}</ul></aside></div><footer>${links.slice(0, 20).join("")}</footer></body></html>`
  );
}

/**
 * Generated text: documents of about 4,000 characters from sentences of the novel in random order, a word in ten
 * exchanged; every tenth document is the one before it with two sentences turned. JSON Lines; the file is kept.
 */
export function generatedCorpus(bytes: number): string {
  const file = join(tmpdir(), "gradbook-bench-data", `generated-${bytes}.jsonl`);
  if (existsSync(file) && statSync(file).size >= bytes) return file;
  mkdirSync(join(file, ".."), { recursive: true });
  const generator = random(1);
  const sentences = splitSentences(mobyDick().train).filter(({ length }) => length > 30 && length < 400);
  const words = [...new Set(mobyDick().train.match(/[a-z]{4,}/g))];
  const descriptor = openSync(file, "w");
  let before: string[] = [];
  for (let [written, number] = [0, 0]; written < bytes; number++) {
    let document: string[] = [];
    if (number % 10 === 9) document = [before[1], before[0], ...before.slice(2)];
    else
      for (let length = 0; length < 4000; length += document.at(-1)!.length)
        document.push(
          sentences[generator.integer(sentences.length)].replace(/[a-z]{4,}/g, (word) =>
            generator.uniform() < 0.1 ? words[generator.integer(words.length)] : word,
          ),
        );
    before = document;
    written += writeSync(descriptor, `${JSON.stringify({ id: `g${number}`, text: document.join(" ") })}\n`);
  }
  closeSync(descriptor);
  return file;
}
