/**
 * Several settings that take effect together: rows as `param` shows them, and a button that applies them.
 *
 * For what is expensive to change, such as the size of a model: nothing happens while the sliders move.
 */
import type { Config } from "../core/config.ts";
import { display } from "./display.ts";
import { notebookHost } from "./host.ts";
import { paramControl } from "./param-control.ts";
import { button } from "./widgets/button.ts";
import { vbox } from "./widgets/box.ts";

// Field is invariant in its type; a form takes configs of any fields.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type AnyConfig = Config<any>;
type Values<C extends AnyConfig> = C["defaults"];

export interface FormOptions<C extends AnyConfig> {
  /** Start values that differ from the defaults. */
  values?: Partial<Values<C>>;
  /** Which fields to show, in this order; all if not given. */
  show?: readonly (keyof Values<C> & string)[];
  /** Text of the button. */
  apply?: string;
  onApply?: (values: Values<C>) => void;
}

export interface Form<C extends AnyConfig> {
  /** The values applied last; before that, the start values. */
  readonly values: Values<C>;
}

/**
 * @throws GradbookError when a start value does not fit its field
 * @example const model = form(gptConfig, { show: ["layers", "width"], onApply: (values) => build(values) });
 */
export function form<C extends AnyConfig>(config: C, options: FormOptions<C> = {}): Form<C> {
  let applied = config.parse(options.values ?? {}) as Values<C>;
  const draft: Record<string, unknown> = { ...applied };
  const result: Form<C> = {
    get values() {
      return applied;
    },
  };
  if (!notebookHost()) return result;

  const names = options.show ?? Object.keys(config.fields);
  const rows = names.map((name) => {
    const field = config.fields[name];
    return paramControl(name, field, draft[name], (next: unknown) => {
      if (!field.schema.safeParse(next).success) return false;
      draft[name] = next;
      apply.set({ disabled: false });
      return true;
    }).row;
  });
  const apply = button({
    description: options.apply ?? "Apply",
    kind: "primary",
    disabled: true,
    onClick: () => {
      applied = config.parse(draft) as Values<C>;
      apply.set({ disabled: true });
      options.onApply?.(applied);
    },
  });
  display(vbox([...rows, apply]));
  return result;
}
