/** The CPU plugin of the peers' Python (`npm run bench:peers -- --for tests`), for tests. */
import { fileURLToPath } from "node:url";
import { useEngine } from "../../../lib/engine/index.ts";
import { findPlugins } from "../../../lib/engine/xla/pjrt/discover.ts";

/** Its path; undefined where it is not installed. */
export const [cpuPlugin] = findPlugins([
  fileURLToPath(new URL("../../../bench/.peers/venv", import.meta.url)),
]) as (string | undefined)[];

type Hook = (body: () => void) => void;

/** Compute on it in the tests of this block, and on ONNX Runtime afterwards. */
export function onXla(before: Hook, after: Hook): void {
  const chosen = process.env.GRADBOOK_PJRT_PLUGIN;
  before(() => {
    process.env.GRADBOOK_PJRT_PLUGIN = cpuPlugin;
    useEngine("xla");
  });
  after(() => {
    useEngine("onnx");
    if (chosen === undefined) delete process.env.GRADBOOK_PJRT_PLUGIN;
    else process.env.GRADBOOK_PJRT_PLUGIN = chosen;
  });
}
