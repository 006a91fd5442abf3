/** A GPT at a glance: its parts, their parameters, and what a token costs, as a table for notebooks. */
import { formatBytes, formatCount } from "../core/progress.ts";
import { mlpWidthOf, type GPTConfig } from "./gpt-config.ts";
import { countFlops, countParameters, estimateMemory } from "./gpt-count.ts";

/** A MIME bundle with the table as HTML and as text. */
export function gptSummary(config: GPTConfig): { "text/html": string; "text/plain": string } {
  const { layers, heads, kvHeads, width, contextLength, vocabSize, position, activation, norm } = config;
  const groups = kvHeads > 0 && kvHeads !== heads ? `, ${kvHeads} key heads` : "";
  const count = countParameters(config);
  const flops = countFlops(config);
  const share = (part: number): string => `${Math.round((100 * part) / count.total)} %`;
  const rows: [part: string, what: string, parameters: number][] = [
    [
      "embeddings",
      `${vocabSize} tokens${position === "learned" ? ` and ${contextLength} positions` : ""}, ${width} numbers each`,
      count.embeddings,
    ],
    ["attention", `${layers} blocks × ${heads} heads × ${width / heads} channels${groups}`, count.attention],
    [
      "feed-forward",
      `${layers} blocks, ${width} → ${mlpWidthOf(config)} → ${width}, ${activation}`,
      count.mlp,
    ],
    [`${norm} norms`, `${2 * layers + 1} of ${width}`, count.norms],
  ];
  const costs =
    `${formatCount(flops.forward)} operations to predict a token, ${formatCount(flops.training)} to learn from it; ` +
    `the weights take ${formatBytes(estimateMemory(config, 1).parameters)}`;
  const title = `GPT, ${formatCount(count.total)} parameters`;
  const html = rows
    .map(
      ([part, what, n]) =>
        `<tr><th style="text-align:left">${part}</th><td style="text-align:left">${what}</td>` +
        `<td>${n.toLocaleString("en")}</td><td>${share(n)}</td></tr>`,
    )
    .join("");
  const text = rows.map(([part, what, n]) => `  ${part.padEnd(13)}${formatCount(n).padStart(6)}  ${what}`);
  return {
    "text/html":
      `<table><caption style="text-align:left"><b>${title}</b></caption>` +
      `<thead><tr><th></th><th></th><th>parameters</th><th>share</th></tr></thead><tbody>${html}</tbody></table>` +
      `<p>${costs}.</p>`,
    "text/plain": [title, ...text, costs].join("\n"),
  };
}
