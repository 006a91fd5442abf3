/**
 * Two texts compared word by word: what was taken out is struck through, what came in is underlined.
 *
 * The changes are the fewest possible, by the longest common subsequence of the words (O(n·m), so the texts are
 * cut at a few thousand words).
 */
import type { Displayable } from "../bundle.ts";
import { html } from "../display.ts";
import { escapeHtml } from "../escape-html.ts";

/** A stretch of words that stayed, went or came. */
export interface Change {
  kind: "same" | "removed" | "added";
  text: string;
}

const MAX_WORDS = 2000;

/** The changes that lead from one text to the other, in order. */
export function diffWords(before: string, after: string): Change[] {
  const a = words(before);
  const b = words(after);
  const common = longestCommon(a, b);
  const changes: Change[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      add(changes, "same", a[i++]);
      j++;
    } else if (j === b.length || (i < a.length && common[i + 1][j] >= common[i][j + 1])) {
      add(changes, "removed", a[i++]);
    } else {
      add(changes, "added", b[j++]);
    }
  }
  return changes;
}

/** @example textDiff(answerBeforeTuning, answerAfterTuning) */
export function textDiff(before: string, after: string): Displayable {
  const changes = diffWords(before, after);
  const source = changes.map(({ kind, text }) => {
    if (kind === "same") return escapeHtml(text);
    const [tag, color] =
      kind === "removed" ? ["del", "rgba(208,90,11,0.25)"] : ["ins", "rgba(10,120,194,0.25)"];
    return `<${tag} style="background:${color}">${escapeHtml(text)}</${tag}>`;
  });
  const marks = { same: ["", ""], removed: ["[-", "-]"], added: ["{+", "+}"] };
  const plain = changes.map(({ kind, text }) => `${marks[kind][0]}${text}${marks[kind][1]}`).join("");
  return html(`<div style="white-space:pre-wrap">${source.join("")}</div>`, plain);
}

/** Words and the whitespace between them, so that nothing is lost. */
function words(text: string): string[] {
  return (text.match(/\s+|[^\s]+/g) ?? []).slice(0, MAX_WORDS);
}

/** Length of the longest common subsequence of a[i…] and b[j…], for all i and j. */
function longestCommon(a: string[], b: string[]): Uint16Array[] {
  const table = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      table[i][j] = a[i] === b[j] ? table[i + 1][j + 1] + 1 : Math.max(table[i + 1][j], table[i][j + 1]);
    }
  }
  return table;
}

function add(changes: Change[], kind: Change["kind"], text: string): void {
  const last = changes.at(-1);
  if (last?.kind === kind) last.text += text;
  else changes.push({ kind, text });
}
