/** `gradbook doctor`: what this machine can use, and why not the rest. */
import type { Finding } from "../checks.ts";
import { defineCommand } from "../command.ts";
import { UsageError } from "../options.ts";
import { statusLine, style } from "../terminal.ts";

export const doctor = defineCommand({
  usage: "doctor [--json]",
  summary:
    "Tries everything that gradbook uses on this machine: starts a kernel, multiplies matrices, looks for a browser. " +
    "Exit code 1 when something that is needed does not work.",
  options: { json: { type: "boolean", description: "print the findings as JSON" } },
  async run(words, { json }) {
    if (words.length > 0) throw new UsageError(`expected no argument, got ${words.join(" ")}`);
    const { CHECKS } = await import("../checks.ts");
    const status = statusLine();
    const findings: Finding[] = [];
    for (const [question, check] of Object.entries(CHECKS)) {
      status.show(`checking ${question}`);
      const found = [await check()].flat();
      status.clear();
      findings.push(...found);
      if (!json) found.forEach(printFinding);
    }
    if (json) console.log(JSON.stringify(findings, null, 2));
    return findings.some(({ state }) => state === "failed") ? 1 : 0;
  },
});

function printFinding({ name, state, detail, fix }: Finding): void {
  const mark = { ok: style("green", "✓"), absent: style("yellow", "–"), failed: style("red", "✗") }[state];
  console.log(`${mark} ${name.padEnd(14)}${detail}`);
  if (fix) console.log(`  ${" ".repeat(14)}${style("dim", `→ ${fix}`)}`);
}
