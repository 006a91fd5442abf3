/** Facts on web technology: which browser knows what since when, as sentences to make questions of. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Document } from "../lib/data/document.ts";
import { dataset, type CardFacts } from "./card.ts";
import { packageFolder } from "./npm-package.ts";

const FACTS: CardFacts = {
  name: "browser-facts",
  title: "Which browser supports what, since when",
  about:
    "17,900 features of the web platform; `text` says since which versions browsers have one, `metadata` has the feature and the versions.",
  licence: "CC0-1.0",
  homepage: "https://www.npmjs.com/package/@mdn/browser-compat-data",
  uses: ["question answering", "verifiable rewards"],
  npm: "@mdn/browser-compat-data@8.1.9",
  size: 20_000_000,
};

const BROWSERS = { chrome: "Chrome", firefox: "Firefox", safari: "Safari" };
const GROUPS = ["api", "css", "html", "http", "javascript", "svg", "webassembly"];

type Support = { version_added?: string | false | null } | { version_added?: string | false | null }[];
interface Feature {
  __compat?: { support: Record<string, Support> };
  [name: string]: unknown;
}

async function* documents(): AsyncGenerator<Document> {
  const data = JSON.parse(readFileSync(join(packageFolder(FACTS.npm!), "data.json"), "utf8"));
  for (const group of GROUPS) yield* features(data[group] as Feature, [group]);
}

function* features(feature: Feature, path: string[]): Generator<Document> {
  const name = path.slice(1).join(".");
  const versions: Record<string, string> = {};
  for (const [browser, shown] of Object.entries(BROWSERS)) {
    const support = feature.__compat?.support[browser];
    const added = (Array.isArray(support) ? support[0] : support)?.version_added;
    if (typeof added === "string" && /^\d/.test(added)) versions[shown] = added;
  }
  const since = Object.entries(versions).map(([browser, version]) => `${browser} since version ${version}`);
  if (since.length > 0)
    yield {
      id: path.join("."),
      text: `The ${path[0]} feature ${name} is supported by ${since.join(", ")}.`,
      metadata: { feature: name, group: path[0], versions },
    };
  for (const [key, child] of Object.entries(feature))
    if (key !== "__compat" && typeof child === "object" && child !== null)
      yield* features(child as Feature, [...path, key]);
}

export const browserFacts = dataset(FACTS, documents);
