/**
 * Text cut into its tokens, each with a background, whitespace visible.
 *
 * Without probabilities the colours only tell neighbours apart; with them the background is the stronger, the
 * less likely the token was: what surprised the model stands out. With contributions it says which tokens spoke for a verdict
 * and which against. The pointer on a token shows its numbers.
 */
import { fail } from "../../core/errors.ts";
import type { Displayable } from "../bundle.ts";
import { html } from "../display.ts";
import { escapeHtml } from "../escape-html.ts";
import { colorOf, COLORS } from "./palette.ts";
import { visible } from "./visible-text.ts";

export interface TokenStripOptions {
  /** Ids of the tokens. */
  ids?: ArrayLike<number>;
  /** Probability that the model gave to each token. */
  probabilities?: ArrayLike<number>;
  /** How much each token moved a verdict, in any unit: up is blue, down orange, the strongest the darkest. */
  contributions?: ArrayLike<number>;
  /** Tokens shown at most. */
  limit?: number;
}

/** Surprise at which the background is strongest, in bits: a probability of 1 in 256. */
const FULL_SURPRISE = 8;

/**
 * @example tokenStrip(["Call", " me", " Ish", "mael"], { ids: [14134, 502, 36879, 39504] })
 * @throws GradbookError when there are not as many ids or probabilities as tokens
 */
export function tokenStrip(tokens: readonly string[], options: TokenStripOptions = {}): Displayable {
  const { ids, probabilities, contributions, limit = 1000 } = options;
  const strongest = Math.max(1e-12, ...Array.from(contributions ?? [], Math.abs));
  for (const [name, list] of Object.entries({ ids, probabilities, contributions })) {
    if (list && list.length !== tokens.length) {
      fail("tokenStrip", { expected: `${tokens.length} ${name}, one per token`, got: list.length });
    }
  }
  const spans = tokens.slice(0, limit).map((token, index) => {
    const probability = probabilities?.[index];
    const hints = [
      ...(ids ? [`id ${ids[index]}`] : []),
      ...(probability === undefined ? [] : [`probability ${Number(probability.toPrecision(3))}`]),
      ...(contributions ? [`contribution ${signed(contributions[index])}`] : []),
    ];
    const background = contributions
      ? tint(COLORS[contributions[index] > 0 ? 0 : 1], (0.7 * Math.abs(contributions[index])) / strongest)
      : probability === undefined
        ? tint(colorOf(index), 0.25)
        : tint(COLORS[1], 0.75 * surprise(probability));
    const title = hints.length ? ` title="${escapeHtml(hints.join(" · "))}"` : "";
    return `<span${title} style="background:${background};border-radius:3px;padding:1px 0">${tokenHtml(token)}</span>`;
  });
  const left = tokens.length - spans.length;
  const rest = left > 0 ? ` <span style="opacity:.7">… ${left.toLocaleString("en")} more tokens</span>` : "";
  const style = "font-family:var(--jp-code-font-family,monospace);line-height:1.8;overflow-wrap:anywhere";
  return html(
    `<div style="${style}">${spans.join("<wbr>")}${rest}</div>`,
    tokens.slice(0, limit).map(visible).join("|"),
  );
}

/** 0 for a certain token, 1 for one of FULL_SURPRISE bits or more. */
function surprise(probability: number): number {
  return Math.min(1, -Math.log2(Math.max(probability, 1e-12)) / FULL_SURPRISE);
}

const signed = (value: number): string => `${value > 0 ? "+" : ""}${Number(value.toPrecision(3))}`;

/** `#0a78c2` at 25 % → `rgba(10,120,194,0.25)`. */
function tint(color: string, alpha: number): string {
  const [red, green, blue] = [1, 3, 5].map((start) => parseInt(color.slice(start, start + 2), 16));
  return `rgba(${red},${green},${blue},${Number(alpha.toFixed(2))})`;
}

/** The token with faint marks for whitespace; after a line break the text goes on in a new line. */
function tokenHtml(token: string): string {
  return [...token]
    .map((character) => {
      const mark = visible(character);
      if (mark === character) return escapeHtml(character);
      return `<span style="opacity:.45">${mark}</span>${character === "\n" ? "<br>" : ""}`;
    })
    .join("");
}
