/**
 * The answers of a policy while it learns, as a table to page through: prompt, answer, reward, distance. It shows the newest
 * rollout until somebody goes back to an older one. When the run is over, the last page stays as plain HTML for reports.
 */
import { escapeHtml } from "../../notebook/escape-html.ts";
import { display, html } from "../../notebook/display.ts";
import { DISPLAY } from "../../notebook/bundle.ts";
import { throttle } from "../../notebook/live/throttle.ts";
import { tableHtml } from "../../notebook/table-html.ts";
import { hbox, vbox } from "../../notebook/widgets/box.ts";
import { button } from "../../notebook/widgets/button.ts";
import { htmlLabel } from "../../notebook/widgets/label.ts";
import { dropdown } from "../../notebook/widgets/selection.ts";
import type { Rollout, SeenAnswer } from "./rollout.ts";

export interface CompletionsTable {
  add(rollout: Rollout): void;
  /** The last page as it is, without buttons. */
  end(): void;
}

export interface CompletionsOptions {
  /** Answers on a page. */
  rows?: number;
  /** Rollouts that can be gone back to. */
  keep?: number;
}

const ORDERS = ["as answered", "best first", "worst first"] as const;
type Order = (typeof ORDERS)[number];

/** Milliseconds between two pages that nobody asked for. */
const INTERVAL = 500;

/** Shown with the first rollout. */
export function completionsTable({ rows = 8, keep = 50 }: CompletionsOptions = {}): CompletionsTable {
  const rollouts: Rollout[] = [];
  /** Number of the rollout that is looked at; undefined: the newest. */
  let pinned: number | undefined;
  let page = 0;
  let shown: ReturnType<typeof display> | undefined;
  const text = htmlLabel();
  const order = dropdown<Order>({ options: ORDERS, value: "as answered", layout: { width: "130px" } });
  const refresh = throttle(INTERVAL, () => text.set({ value: content() }));

  const current = (): Rollout => rollouts.find(({ rollout }) => rollout === pinned) ?? rollouts.at(-1)!;
  const pages = (): number => Math.max(1, Math.ceil(current().answers.length / rows));

  function turn(by: number): void {
    page = (page + by + pages()) % pages();
    refresh.now();
  }

  function go(by: number): void {
    const place = rollouts.indexOf(current()) + by;
    const wanted = rollouts[Math.max(0, place)];
    pinned = place >= rollouts.length - 1 ? undefined : wanted.rollout;
    refresh.now();
  }

  function content(): string {
    const { rollout, answers } = current();
    page = Math.min(page, pages() - 1);
    const sorted = ordered(answers, order.value);
    const mean = answers.reduce((sum, { reward }) => sum + reward, 0) / answers.length;
    const head = `rollout ${rollout} · mean reward ${mean.toFixed(3)} · answers ${page * rows + 1}–${Math.min(answers.length, (page + 1) * rows)} of ${answers.length}`;
    return `<div>${escapeHtml(head)}</div>${tableOf(sorted.slice(page * rows, (page + 1) * rows))}`;
  }

  function show(): void {
    const small = { layout: { width: "auto" } };
    const controls = hbox([
      button({ description: "older", icon: "step-backward", onClick: () => go(-1), ...small }),
      button({ description: "newer", icon: "step-forward", onClick: () => go(1), ...small }),
      button({ description: "newest", icon: "fast-forward", onClick: () => go(Infinity), ...small }),
      button({ description: "page back", icon: "chevron-up", onClick: () => turn(-1), ...small }),
      button({ description: "next page", icon: "chevron-down", onClick: () => turn(1), ...small }),
      order.widget,
    ]);
    order.observe(() => refresh.now());
    shown = display({ ...vbox([controls, text])[DISPLAY](), "text/plain": "completions" });
  }

  return {
    add(rollout) {
      rollouts.push(rollout);
      rollouts.splice(0, rollouts.length - keep);
      if (!shown) show();
      if (pinned === undefined || rollouts[0].rollout > pinned) {
        pinned = undefined;
        refresh.request();
      }
    },
    end() {
      refresh.cancel();
      if (rollouts.length > 0) shown?.update(html(content()));
    },
  };
}

function ordered(answers: readonly SeenAnswer[], order: Order): readonly SeenAnswer[] {
  if (order === "as answered") return answers;
  const sign = order === "best first" ? -1 : 1;
  return answers.toSorted((a, b) => sign * (a.reward - b.reward));
}

const COLUMNS = ["prompt", "answer", "reward", "KL", "tokens"] as const;

function tableOf(answers: readonly SeenAnswer[]): string {
  const cells = answers.map(({ prompt, answer, reward, kl, tokens, ended }) => ({
    ...{ prompt, answer: ended ? answer : `${answer} …`, reward, KL: kl, tokens },
  }));
  return tableHtml({
    numRows: () => cells.length,
    columnNames: () => [...COLUMNS],
    get: (column, row) => cells[row][column as (typeof COLUMNS)[number]],
  });
}
