/** Three million flights: a table that is larger than one likes to hold in memory, in Parquet. */
import { join } from "node:path";
import type { Document } from "../lib/data/document.ts";
import { queryRows, sqlString } from "../lib/data/duckdb.ts";
import { dataset, type CardFacts } from "./card.ts";
import { packageFolder } from "./npm-package.ts";

const FACTS: CardFacts = {
  name: "flights",
  title: "Three million flights within the United States",
  about:
    "Date, delay, distance, origin and destination of 3 million flights of 2001, as Parquet; for tables larger than memory. `flightsFile()` is its path, for queryRows.",
  licence: "BSD-3-Clause (collection); public domain (data)",
  homepage: "https://www.npmjs.com/package/vega-datasets",
  uses: ["tables", "larger than memory"],
  npm: "vega-datasets@3.2.1",
  size: 42_000_000,
};

/** The Parquet file, for `queryRows("SELECT … FROM read_parquet('…')")`. */
export function flightsFile(): string {
  return join(packageFolder(FACTS.npm!), "data/flights-3m.parquet");
}

async function* documents(): AsyncGenerator<Document> {
  let number = 0;
  for await (const row of queryRows(`SELECT * FROM read_parquet(${sqlString(flightsFile())})`)) {
    const known = Object.entries(row).map(([name, value]) => [name, plain(value)] as const);
    const text = known.map(([name, value]) => `${name} ${value}`).join(", ");
    yield { id: `flight:${++number}`, text, metadata: Object.fromEntries(known) };
  }
}

/** Dates come as objects. */
function plain(value: unknown): string | number {
  return typeof value === "number" || typeof value === "string" ? value : String(value);
}

export const flights = dataset(FACTS, documents);
