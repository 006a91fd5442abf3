/** The notebook host: what the kernel offers to libraries, see lib/notebook/host.ts. */
import type { DisplayOptions, MimeBundle, NotebookHost } from "../../../lib/notebook/host.ts";
import type { FromUser } from "../shared/messages.ts";
import type { Bindings } from "./bindings.ts";
import { currentCell } from "./cell-context.ts";
import type { Comms } from "./comms.ts";
import { bundleJson } from "./display.ts";
import type { Input } from "./input.ts";
import type { Interrupts } from "./interrupt.ts";
import { toJson } from "./json.ts";
import { isInterrupt } from "./safely.ts";

export function makeHost(
  post: (message: FromUser) => void,
  comms: Comms,
  input: Input,
  interrupts: Interrupts,
  bindings: Bindings,
): NotebookHost {
  return {
    name: "gradbook",
    parameters: {},
    display(data: MimeBundle, options: DisplayOptions = {}) {
      const { metadata = {}, displayId, update = false, buffers = [] } = options;
      const { cell } = currentCell();
      const json = { data: bundleJson(data), metadata: toJson(metadata) };
      post({ type: "display", cell, ...json, displayId, update, buffers });
    },
    clearOutput(wait = false) {
      post({ type: "clear", cell: currentCell().cell, wait });
    },
    openComm: comms.openComm.bind(comms),
    onCommOpen: comms.onCommOpen.bind(comms),
    input: input.ask,
    onInterrupt: interrupts.onInterrupt,
    isInterrupt,
    takeBinding: bindings.take,
  };
}
