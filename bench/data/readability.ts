/** The peer of HTML extraction in JavaScript: @mozilla/readability on linkedom. */
import { readFileSync } from "node:fs";
import { Readability } from "@mozilla/readability";
import { parseHTML } from "linkedom";
import { serveTurns } from "../contestant.ts";

const pages = readFileSync(process.argv[2], "utf8")
  .trim()
  .split("\n")
  .map((line) => (JSON.parse(line) as { text: string }).text);

await serveTurns({}, () => {
  for (const page of pages) new Readability(parseHTML(page).document as unknown as Document).parse();
});
