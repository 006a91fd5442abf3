/**
 * Reading what a filter dropped, one text at a time: "rightly dropped", "should have stayed", or later. Each verdict
 * is written into the review file at once, so a review can be interrupted and taken up again.
 *
 * The file is that of `reviewFile` (gradbook/data). Without a notebook nothing is shown; the file can be filled in
 * with any editor.
 */
import { readReviewItems, summarizeReview, writeReviewItems, type Review } from "../data/review.ts";
import { display } from "./display.ts";
import { escapeHtml } from "./escape-html.ts";
import { notebookHost } from "./host.ts";
import { hbox, vbox } from "./widgets/box.ts";
import { button } from "./widgets/button.ts";
import { htmlLabel } from "./widgets/label.ts";

export interface Reviewer {
  /** The verdicts so far. */
  readonly review: Review;
}

const SHOWN_CHARACTERS = 1500;

/**
 * @param path a review file
 * @throws GradbookError when the file is not there or a line of it is no item
 * @example await pipeline(…).run({ excluded: reviewFile("review.jsonl") }); reviewer("review.jsonl");
 */
export function reviewer(path: string): Reviewer {
  const items = readReviewItems(path);
  const queue = items.filter(({ verdict }) => verdict === null);
  const result: Reviewer = {
    get review() {
      return summarizeReview(items);
    },
  };
  if (!notebookHost()) return result;

  const text = htmlLabel(page());
  const judge = (verdict: "right" | "wrong") => () => {
    const item = queue.shift();
    if (!item) return;
    item.verdict = verdict;
    writeReviewItems(path, items);
    text.set({ value: page() });
  };
  const later = () => {
    queue.push(...queue.splice(0, 1));
    text.set({ value: page() });
  };
  const buttons = hbox([
    button({ description: "Rightly dropped", icon: "check", onClick: judge("right") }),
    button({
      description: "Should have stayed",
      icon: "undo",
      kind: "warning",
      layout: { width: "auto" },
      onClick: judge("wrong"),
    }),
    button({ description: "Later", onClick: later }),
  ]);
  display(vbox([text, buttons]));
  return result;

  function page(): string {
    const judged = items.length - queue.length;
    const reasons = result.review.reasons
      .filter(({ right, wrong }) => right + wrong > 0)
      .map(
        ({ reason, right, wrong, low, high }) =>
          `${escapeHtml(reason)}: ${right} of ${right + wrong} right (${percent(low)}–${percent(high)})`,
      );
    const head = `<p>${judged} of ${items.length} judged. ${reasons.join(" · ")}</p>`;
    const [item] = queue;
    if (!item) return `${head}<p>Nothing is left to judge.</p>`;
    const value = item.value === null ? "" : ` = ${Number(item.value.toPrecision(3))}`;
    return (
      `${head}<p><b>${escapeHtml(item.id)}</b>, dropped by ${escapeHtml(item.step)}: ` +
      `${escapeHtml(item.reason)}${value}</p><div style="max-height:18em;overflow:auto;white-space:pre-wrap;` +
      `border:1px solid #ccc;padding:.5em">${escapeHtml(item.text.slice(0, SHOWN_CHARACTERS))}</div>`
    );
  }
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
