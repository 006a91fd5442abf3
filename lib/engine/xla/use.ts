/** The first plugin that is found, as an engine. */
import { fail } from "../../core/errors.ts";
import type { Lowering } from "../graph/program.ts";
import { Client } from "./pjrt/client.ts";
import { findPlugins } from "./pjrt/discover.ts";
import { Plugin } from "./pjrt/plugin.ts";
import { xlaLowering } from "./program.ts";

/** @throws GradbookError when there is no plugin */
export function openXla(): Lowering {
  const [path] = findPlugins();
  if (!path)
    fail("engine xla", {
      expected: "an XLA plugin in the active Python environment",
      got: "none",
      hint: "run: gradbook engine install xla (with --cpu, --cuda12, --rocm or --tpu), or set GRADBOOK_PJRT_PLUGIN to a shared library",
    });
  return xlaLowering(new Client(new Plugin(path)));
}
