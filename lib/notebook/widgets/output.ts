/**
 * An output area as a widget: outputs can stand beside a slider, and be replaced without touching the cell.
 *
 * Left out: capturing everything that code prints. What belongs in the area is shown in it by name.
 */
import { DISPLAY, toBundle, type Displayable } from "../bundle.ts";
import type { MimeBundle } from "../host.ts";
import { layoutModel, type Layout } from "./control.ts";
import { Widget, type AnyWidget } from "./widget.ts";

interface DisplayOutput {
  output_type: "display_data";
  data: MimeBundle;
  metadata: object;
}

interface OutputState {
  outputs: DisplayOutput[];
  /** The protocol's way to capture; empty means nothing is captured. */
  msg_id: string;
}

export interface OutputArea extends Displayable {
  readonly widget: Widget<OutputState>;
  /** Add an output. */
  append(value: unknown): Promise<void>;
  /** Show this output instead of all there were. */
  replace(value: unknown): Promise<void>;
  clear(): void;
}

const OUTPUT = {
  module: "@jupyter-widgets/output",
  moduleVersion: "1.0.0",
  model: "OutputModel",
  view: "OutputView",
};

export function outputArea({ layout }: { layout?: Layout } = {}): OutputArea {
  const parts: AnyWidget[] = layout ? [layoutModel(layout)] : [];
  const state: OutputState = { outputs: [], msg_id: "", ...(layout ? { layout: parts[0] } : {}) };
  const widget = new Widget<OutputState>(OUTPUT, state, parts);
  const output = async (value: unknown): Promise<DisplayOutput> => ({
    output_type: "display_data",
    data: await toBundle(value),
    metadata: {},
  });
  return {
    widget,
    append: async (value) => widget.set({ outputs: [...widget.state.outputs, await output(value)] }),
    replace: async (value) => widget.set({ outputs: [await output(value)] }),
    clear: () => widget.set({ outputs: [] }),
    [DISPLAY]: () => widget[DISPLAY](),
  };
}
