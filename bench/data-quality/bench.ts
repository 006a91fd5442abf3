/**
 * Is curation right? Each part against a reference: HTML extraction on a public benchmark (GRADBOOK_PAGES names a
 * checkout of article-extraction-benchmark), filters against datatrove's decisions, MinHash against exact Jaccard,
 * language identification and the spam classifier against labels, personal data against planted numbers.
 *
 * Prints shares, not times, so it returns no lines. Parts whose data or peer is not there say so.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { harmExamples } from "../../datasets/harm-examples.ts";
import { badWordLists } from "../../datasets/word-lists.ts";
import { xstest } from "../../datasets/xstest.ts";
import { spamAssassin } from "../../datasets/spam-assassin.ts";
import { typescriptMessages } from "../../datasets/typescript-messages.ts";
import { random } from "../../lib/core/random.ts";
import { binaryMetrics, thresholdFor } from "../../lib/data/classify/metrics.ts";
import { trainTextClassifier } from "../../lib/data/classify/text-classifier.ts";
import { minhash } from "../../lib/data/dedup/minhash.ts";
import { jaccard } from "../../lib/data/dedup/shingles.ts";
import { isDrop } from "../../lib/data/document.ts";
import { wordFinder } from "../../lib/data/filters/bad-words.ts";
import { c4 } from "../../lib/data/filters/c4.ts";
import { fineweb } from "../../lib/data/filters/fineweb.ts";
import { gopherQuality } from "../../lib/data/filters/gopher-quality.ts";
import { gopherRepetition } from "../../lib/data/filters/gopher-repetition.ts";
import { detectLanguage, loadLanguages } from "../../lib/data/filters/language.ts";
import { hashFraction } from "../../lib/data/hash.ts";
import { htmlToText } from "../../lib/data/html/html.ts";
import { findPii } from "../../lib/data/pii/find.ts";
import { benchCorpus } from "../data/corpus.ts";
import { peerPython } from "../peers.ts";
import type { Line } from "../report.ts";
import { articleScore } from "./article-score.ts";

const show = (what: string, result: string): void => console.log(`${what.padEnd(34)} ${result}`);
const share = (part: number, whole: number): string => (part / whole).toFixed(4);

/** Prints one line per part. */
export async function bench({ peers }: { peers: boolean }): Promise<Line[]> {
  htmlExtraction();
  await filterDecisions(peers);
  nearDuplicates();
  personalData();
  await optional("language of 13 kinds of messages", languages);
  await optional("spam classifier", spamClassifier);
  await optional("harmful requests", harmfulRequests);
  return [];
}

async function optional(what: string, part: () => Promise<void>): Promise<void> {
  try {
    await part();
  } catch (error) {
    show(what, `left out: ${(error as Error).message}`);
  }
}

function htmlExtraction(): void {
  const folder = process.env.GRADBOOK_PAGES;
  if (!folder || !existsSync(join(folder, "ground-truth.json")))
    return show(
      "HTML extraction",
      "left out: GRADBOOK_PAGES does not name a checkout of article-extraction-benchmark",
    );
  const truths = JSON.parse(readFileSync(join(folder, "ground-truth.json"), "utf8")) as Record<
    string,
    { articleBody: string }
  >;
  const pairs = Object.entries(truths).map(([id, { articleBody }]) => ({
    truth: articleBody,
    found: htmlToText(gunzipSync(readFileSync(join(folder, "html", `${id}.html.gz`))).toString("utf8")),
  }));
  const { precision, recall, f1 } = articleScore(pairs);
  show(
    `HTML extraction, ${pairs.length} pages`,
    `F1 ${f1.toFixed(4)} (precision ${precision.toFixed(4)}, recall ${recall.toFixed(4)})`,
  );
}

async function filterDecisions(peers: boolean): Promise<void> {
  if (!peers) return show("filters against datatrove", "left out: needs --peers");
  const { texts } = await benchCorpus();
  const script = fileURLToPath(new URL("datatrove_decisions.py", import.meta.url));
  const output = execFileSync(peerPython(), [script, texts], { encoding: "utf8", maxBuffer: 2 ** 28 });
  const theirs = JSON.parse(output.trim().split("\n").at(-1)!) as Record<string, boolean[]>;
  const documents = readFileSync(texts, "utf8")
    .trim()
    .split("\n")
    .map((line) => ({ metadata: {}, ...JSON.parse(line) }));
  for (const step of [gopherQuality(), gopherRepetition(), c4(), fineweb()]) {
    const equal = documents.filter((document, i) => {
      const verdict = step.apply(document);
      return !isDrop(verdict) === theirs[step.name][i];
    }).length;
    show(
      `${step.name} against datatrove`,
      `${share(equal, documents.length)} of ${documents.length} decisions equal`,
    );
  }
}

/** Pairs of texts at every similarity; found means that both land in one band. */
function nearDuplicates(): void {
  const generator = random(1);
  const word = () => Array.from({ length: 5 }, () => "abcdefghijklmnop"[generator.integer(16)]).join("");
  let [above, found, flagged, right] = [0, 0, 0, 0];
  for (let round = 0; round < 3000; round++) {
    const text = Array.from({ length: 200 }, word);
    const edits = generator.uniform() * 0.12;
    const other = text.map((old) => (generator.uniform() < edits ? word() : old)).join(" ");
    const step = minhash({ seed: round });
    const [a, b] = [text.join(" "), other].map((one, i) => ({ id: String(i), text: one, metadata: {} }));
    step.apply(a, step.prepare(a));
    const dropped = isDrop(step.apply(b, step.prepare(b)));
    const similarity = jaccard(a.text, b.text, 5);
    // FineWeb's 14 × 8: half of the pairs at 0.69, 92 % at 0.8.
    if (similarity >= 0.8) {
      above++;
      if (dropped) found++;
    }
    if (dropped) {
      flagged++;
      if (similarity >= 0.6) right++;
    }
  }
  show("MinHash recall at similarity ≥ 0.8", `${share(found, above)} of ${above} pairs`);
  show("MinHash precision (similarity ≥ 0.6)", `${share(right, flagged)} of ${flagged} drops`);
}

/** Planted in sentences in the ways that people write them. */
function personalData(): void {
  const generator = random(2);
  const digits = (n: number) => Array.from({ length: n }, () => generator.integer(10)).join("");
  const makers: Record<string, () => string> = {
    email: () => `ann.${digits(3)}@mail${digits(2)}.example.com`,
    phone: () =>
      [`(415) 555-${digits(4)}`, `+44 20 7946 ${digits(4)}`, `212-555-${digits(4)}`, `+49 30 ${digits(8)}`][
        generator.integer(4)
      ],
    card: () =>
      withLuhn(`4${digits(14)}`).replace(/(\d{4})(?=\d)/g, generator.uniform() < 0.5 ? "$1 " : "$1"),
    ip: () =>
      `${11 + generator.integer(80)}.${generator.integer(256)}.${generator.integer(256)}.${1 + generator.integer(254)}`,
    key: () =>
      `AKIA${Array.from({ length: 16 }, () => "ABCDEFGHIJKLMNOP234567"[generator.integer(22)]).join("")}`,
  };
  for (const [kind, make] of Object.entries(makers)) {
    const planted = Array.from({ length: 500 }, make);
    const found = planted.filter((secret) => {
      const text = `Please use ${secret}, as we said, in room 12 at 10:30 on 2019-11-12.`;
      return findPii(text).some((span) => span.kind === kind && text.slice(span.start, span.end) === secret);
    });
    show(`personal data found: ${kind}`, `${share(found.length, planted.length)} of ${planted.length}`);
  }
}

function withLuhn(body: string): string {
  let sum = 0;
  [...body].reverse().forEach((digit, i) => {
    const value = i % 2 === 0 ? 2 * Number(digit) : Number(digit);
    sum += value > 9 ? value - 9 : value;
  });
  return body + ((10 - (sum % 10)) % 10);
}

async function languages(): Promise<void> {
  await loadLanguages();
  let [right, all] = [0, 0];
  for await (const { text, metadata } of typescriptMessages.documents()) {
    if (text.length < 60) continue;
    all++;
    if (detectLanguage(text).language === String(metadata.language).slice(0, 2)) right++;
  }
  show("language of TypeScript's messages", `${share(right, all)} of ${all}`);
}

async function spamClassifier(): Promise<void> {
  const mails = [];
  for await (const { id, text, metadata } of spamAssassin.documents())
    mails.push({ id, text: `${metadata.subject}\n${text}`, label: String(metadata.label) });
  const train = mails.filter(({ id }) => hashFraction(id) < 0.8);
  const test = mails.filter(({ id }) => hashFraction(id) >= 0.8);
  const model = trainTextClassifier(train, "spam");
  const metrics = binaryMetrics(
    test.map(({ text }) => model.score(text)),
    test.map(({ label }) => label === "spam"),
  );
  show(`spam classifier, ${test.length} mails`, metricsText(metrics));
}

const metricsText = (metrics: object): string =>
  Object.entries(metrics)
    .map(([name, value]) => `${name} ${Number(value).toFixed(4)}`)
    .join(", ");

/** A classifier and a word list on requests they have not seen, and on XSTest's questions, half of which only sound bad. */
async function harmfulRequests(): Promise<void> {
  const examples = await harmExamples();
  const part = (from: number, to: number) =>
    examples.filter(({ text }) => hashFraction(text, 3) >= from && hashFraction(text, 3) < to);
  const [train, tuning, test] = [part(0, 0.6), part(0.6, 0.8), part(0.8, 1)];
  const model = trainTextClassifier(train, "harmful");
  const isHarmful = ({ label }: { label: string }) => label === "harmful";
  const limit = thresholdFor(
    tuning.map(({ text }) => model.score(text)),
    tuning.map(isHarmful),
    0.95,
  );
  const hard: { text: string; label: string }[] = [];
  for await (const { text, metadata } of xstest.documents())
    hard.push({ text, label: metadata.label === "unsafe" ? "harmful" : "harmless" });
  const find = wordFinder(badWordLists("en"));
  for (const [name, set] of Object.entries({ "unseen requests": test, XSTest: hard })) {
    const measured = (score: (text: string) => number, threshold: number) =>
      metricsText(binaryMetrics(set.map(({ text }) => score(text)), set.map(isHarmful), threshold)); // prettier-ignore
    show(
      `harm, classifier, ${set.length} ${name}`,
      measured((text) => model.score(text), limit),
    );
    show(
      `harm, word list, ${set.length} ${name}`,
      measured((text) => find(text).length, 1),
    );
  }
}
