/**
 * Trying a function out: a widget for each argument, and its result, renewed whenever one of them moves.
 *
 * The latest value wins: while the function is still at work for older values, newer ones replace each other,
 * and only the last is computed.
 */
import type { Field } from "../core/field.ts";
import { display } from "./display.ts";
import { notebookHost } from "./host.ts";
import { paramControl } from "./param-control.ts";
import { vbox } from "./widgets/box.ts";
import { outputArea } from "./widgets/output.ts";

// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Fields = Record<string, Field<any>>;
type Values<F extends Fields> = { [K in keyof F]: F[K] extends Field<infer T> ? T : never };

/**
 * Show widgets for the fields and what `compute` makes of their values.
 *
 * Outside a notebook the result for the defaults is printed. An error is shown in place of the result.
 *
 * @returns a promise for the first result being shown
 * @example await interact({ temperature: gptSample.temperature }, ({ temperature }) => sample(model, temperature));
 */
export async function interact<F extends Fields>(
  fields: F,
  compute: (values: Values<F>) => unknown,
): Promise<void> {
  const values = Object.fromEntries(
    Object.entries(fields).map(([name, { default: value }]) => [name, value]),
  );
  if (!notebookHost()) {
    display(await compute(values as Values<F>));
    return;
  }
  const area = outputArea();
  const renew = latestOnly(async () => {
    try {
      await area.replace(await compute({ ...values } as Values<F>));
    } catch (error) {
      await area.replace(String(error));
    }
  });
  const rows = Object.entries(fields).map(([name, field]) => {
    const accept = (next: unknown) => {
      if (!field.schema.safeParse(next).success) return false;
      values[name] = next;
      void renew();
      return true;
    };
    return paramControl(name, field, values[name], accept).row;
  });
  display(vbox([...rows, area.widget]));
  await renew();
}

/** Runs `work` one at a time; calls that come meanwhile lead to one more run after it. */
function latestOnly(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let again = false;

  async function loop(): Promise<void> {
    do {
      again = false;
      await work();
    } while (again);
    running = undefined;
  }

  return () => {
    again = true;
    running ??= loop();
    return running;
  };
}
