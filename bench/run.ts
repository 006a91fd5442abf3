/**
 * `npm run bench -- NAME [--peers] [--json FILE]`: one bench by name.
 *
 * A bench answers one question. It prints ours, the peer and the ratio, measured in turns within one run:
 * machines are noisy, so only ratios count. Peers come from `npm run bench:peers`.
 */
import { readdirSync, existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { fail, nearest } from "../lib/core/errors.ts";
import { formatLine, type Line } from "./report.ts";

interface Bench {
  bench(options: { peers: boolean }): Promise<Line[]>;
}

const folder = new URL("./", import.meta.url);
const names = readdirSync(folder).filter((name) => existsSync(new URL(`${name}/bench.ts`, folder)));

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    peers: { type: "boolean", default: false },
    json: { type: "string" },
    help: { type: "boolean" },
  },
});

if (values.help || positionals.length === 0) {
  console.log(`npm run bench -- NAME... [--peers] [--json FILE]\nbenches: ${names.join(", ")}`);
} else {
  const lines: Line[] = [];
  for (const name of positionals) {
    if (!names.includes(name)) {
      const near = nearest(name, names);
      fail("bench", {
        expected: `one of ${names.join(", ")}`,
        got: name,
        hint: near && `did you mean ${near}?`,
      });
    }
    const { bench } = (await import(new URL(`${name}/bench.ts`, folder).href)) as Bench;
    const measured = await bench({ peers: values.peers });
    for (const line of measured) console.log(formatLine(line));
    lines.push(...measured);
  }
  if (values.json) await writeFile(values.json, `${JSON.stringify(lines, null, 2)}\n`);
}
