/**
 * The row that stands for one hyper-parameter: label, input, unit, description.
 *
 * Numbers with both bounds get a slider (logarithmic when the field says so) unless it would be too fine to hit a
 * value, other numbers a field to type in, choices a drop-down, booleans a check box, text a text field. Labels have one width, so that rows of
 * consecutive parameters line up.
 */
import { labelOf, type Field } from "../core/field.ts";
import { escapeHtml } from "./escape-html.ts";
import { checkbox } from "./widgets/boolean.ts";
import { hbox } from "./widgets/box.ts";
import type { ControlOptions } from "./widgets/control.ts";
import { htmlLabel } from "./widgets/label.ts";
import { dropdown } from "./widgets/selection.ts";
import { floatLogSlider, floatSlider, intSlider } from "./widgets/slider.ts";
import { floatText, intText, text } from "./widgets/text.ts";
import type { AnyWidget } from "./widgets/widget.ts";

export interface ParamControl {
  /** What is shown. */
  readonly row: AnyWidget;
  /** The widget whose state holds the value. */
  readonly input: AnyWidget;
  close(): void;
}

const LABEL_WIDTH = "150px";
const INPUT_WIDTH = "430px";

/** Steps that a linear slider has at least, when the field does not say. */
const LINEAR_STEPS = 100;
/**
 * A slider moves to the nearest of its positions as soon as it is shown, and reports that as a change. On a
 * logarithmic scale almost no value is a position, so the positions lie closer together than the three digits to
 * which a value is read: in decades.
 */
const LOG_STEP = 0.0002;
/** Positions of a slider that a hand can still tell apart. */
const MAX_POSITIONS = 1000;

/**
 * Make the row for a field.
 *
 * @param accept takes a changed value; false puts the old one back into the input
 */
export function paramControl<T>(
  name: string,
  field: Field<T>,
  value: T,
  accept: (value: T) => boolean,
): ParamControl {
  const { description, unit } = field;
  const options: ControlOptions = {
    description: labelOf(name, field),
    tooltip: description,
    layout: { flex: `0 0 ${INPUT_WIDTH}` },
    style: { description_width: LABEL_WIDTH },
  };
  const input = inputFor(field, value, options, accept);
  const style = "display:inline-block;opacity:.65;font-size:.92em;line-height:1.25";
  const note = `<span style="${style}">${escapeHtml([unit, description].filter(Boolean).join(" · "))}</span>`;
  const row = hbox([input, htmlLabel(note)], { layout: { align_items: "center" } });
  return {
    row,
    input,
    close: () => [row, ...row.state.children].forEach((widget) => widget.close()),
  };
}

function inputFor<T>(
  field: Field<T>,
  value: T,
  options: ControlOptions,
  accept: (value: T) => boolean,
): AnyWidget {
  if (field.kind === "choice") {
    const selection = dropdown({ ...options, options: field.choices!, value });
    selection.observe(accept);
    return selection.widget;
  }
  const widget = valueWidget(field as Field<unknown>, value, options);
  const read = (raw: unknown) =>
    (typeof raw === "number" ? tidyNumber(field as Field<unknown>, raw) : raw) as T;
  let good = read(value);
  widget.observe("value", (raw: unknown) => {
    const next = read(raw);
    if (next === good) return;
    if (accept(next)) good = next;
    else widget.set({ value: good });
  });
  return widget;
}

function valueWidget(field: Field<unknown>, value: unknown, options: ControlOptions): AnyWidget {
  if (field.kind === "boolean") return checkbox({ ...options, value: value as boolean, indent: true });
  if (field.kind === "text") return text({ ...options, value: value as string });
  const { min, max, step, kind } = field;
  const numeric = { ...options, value: value as number, min, max };
  const whole = kind === "integer";
  if (min === undefined || max === undefined) return whole ? intText(numeric) : floatText(numeric);
  if (field.scale === "log") {
    return floatLogSlider({ ...numeric, step: LOG_STEP, readoutFormat: whole ? "d" : ".3g" });
  }
  const stride = step ?? (whole ? 1 : strideTo((value as number) - min, (max - min) / LINEAR_STEPS));
  const typed = (max - min) / stride > MAX_POSITIONS;
  if (typed) return whole ? intText(numeric) : floatText(numeric);
  return whole ? intSlider({ ...numeric, step: stride }) : floatSlider({ ...numeric, step: stride });
}

/**
 * The largest step of 1, 2 or 5 times a power of ten, up to `largest`, that leads to a distance exactly; or one
 * that is too fine for a slider, when there is none.
 */
function strideTo(distance: number, largest: number): number {
  let power = Math.floor(Math.log10(largest));
  for (; ; power--) {
    for (const digit of [5, 2, 1]) {
      const stride = digit * 10 ** power;
      const count = distance / stride;
      const exact = Math.abs(count - Math.round(count)) < 1e-6;
      if (stride <= largest * (1 + 1e-9) && (exact || (LINEAR_STEPS * largest) / stride > MAX_POSITIONS))
        return stride;
    }
  }
}

/** A slider's number without the noise of its positions: 0.0029998 on a log scale is 0.003. */
function tidyNumber(field: Field<unknown>, raw: number): number {
  const tidy = Number(raw.toPrecision(field.scale === "log" ? 3 : 6));
  return field.kind === "integer" ? Math.round(tidy) : tidy;
}
