/**
 * A person compares answers in the notebook: puts them in order by dragging or with the arrow keys, or says that they
 * are equally good; each verdict goes to a file at once. Answers stand in a random order and without their sources.
 */
import { random } from "../../core/random.ts";
import { escapeHtml } from "../../notebook/escape-html.ts";
import { DISPLAY } from "../../notebook/bundle.ts";
import { hbox, vbox } from "../../notebook/widgets/box.ts";
import { button } from "../../notebook/widgets/button.ts";
import { htmlLabel } from "../../notebook/widgets/label.ts";
import { ranking } from "../../notebook/widgets/ranking.ts";
import { text } from "../../notebook/widgets/text.ts";
import type { Question } from "./labeller.ts";
import { appendPreference, readPreferences, type PreferenceRecord } from "./records.ts";

export interface CollectOptions {
  /** JSON Lines; verdicts that are in it already are not asked for again. */
  file: string;
  /** Who judges. */
  by: string;
  seed?: number;
  onRecord?: (record: PreferenceRecord) => void;
}

export interface PreferenceCollector {
  /** All verdicts in the file, of everybody. */
  records(): PreferenceRecord[];
  /** Questions that this judge has not answered yet. */
  readonly remaining: number;
  [key: symbol]: () => Record<string, unknown>;
}

/**
 * Shows one question after the other.
 *
 * @example collectPreferences(questions, { file: "preferences.jsonl", by: "anna" })
 */
export function collectPreferences(
  questions: readonly Question[],
  { file, by, seed = 0, onRecord }: CollectOptions,
): PreferenceCollector {
  const generator = random(seed);
  const answered = new Set(readPreferences(file).flatMap((record) => (record.by === by ? [record.id] : [])));
  let open = questions.filter(({ id }) => !answered.has(id));
  let order: number[] = [];
  let shownAt = 0;

  const prompt = htmlLabel();
  const list = ranking({ items: [], description: "Best answer first" });
  const notes = text({ placeholder: "Notes (optional)", layout: { width: "100%" } });
  const progress = htmlLabel();
  const save = button({
    description: "Save, next",
    kind: "primary",
    icon: "check",
    onClick: () => keep(false),
  });
  const equal = button({ description: "All equally good", onClick: () => keep(true) });
  const skip = button({ description: "Skip", onClick: () => next(true) });
  const view = vbox([prompt, list, notes, hbox([save, equal, skip, progress])]);

  function show(): void {
    const [question] = open;
    for (const control of [save, equal, skip]) control.set({ disabled: !question });
    progress.set({ value: `${questions.length - open.length} of ${questions.length} done` });
    if (!question) {
      prompt.set({ value: "<b>That was all. Thank you.</b>" });
      list.set({ items: [], value: [] });
      return;
    }
    order = generator.shuffle(question.answers.map((_, i) => i));
    prompt.set({ value: `<div style="white-space:pre-wrap"><b>${escapeHtml(question.prompt)}</b></div>` });
    list.set({ items: order.map((i) => question.answers[i]), value: order.map((_, i) => i) });
    notes.set({ value: "" });
    shownAt = Date.now();
  }

  function keep(tie: boolean): void {
    const [question] = open;
    if (!question) return;
    const places = list.value.map((shown) => order[shown]);
    const record: PreferenceRecord = {
      ...{ id: question.id, prompt: question.prompt, answers: [...question.answers] },
      ...(question.sources && { sources: [...question.sources] }),
      ranking: tie ? [places] : places.map((place) => [place]),
      ...{ by, at: new Date().toISOString(), seconds: (Date.now() - shownAt) / 1000 },
      ...(notes.value !== "" && { notes: notes.value }),
    };
    appendPreference(file, record);
    onRecord?.(record);
    next(false);
  }

  /** Goes on; a skipped question comes again at the end. */
  function next(skipped: boolean): void {
    const [question, ...rest] = open;
    open = skipped && question ? [...rest, question] : rest;
    show();
  }

  show();
  return {
    records: () => readPreferences(file),
    get remaining() {
      return open.length;
    },
    [DISPLAY]: () => ({
      ...view[DISPLAY](),
      "text/plain": `${open.length} of ${questions.length} comparisons to make`,
    }),
  };
}
