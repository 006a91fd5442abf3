/** The engine's contract holds on XLA: the same tests as on ONNX Runtime, on the CPU plugin. */
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { findPlugins } from "../../../lib/engine/xla/pjrt/discover.ts";
import { RECORDING, runContract, VALUES } from "../contract.ts";

const [path] = findPlugins([fileURLToPath(new URL("../../../bench/.peers/venv", import.meta.url))]);

test.skipIf(!path).each([
  ["values and gradients of fused operations", VALUES, 90],
  ["tracing, laziness, random numbers, tfjs's kernels", RECORDING, 65],
])(
  "%s",
  async (_what, files, least) => {
    const env = { GRADBOOK_ENGINE: "xla", GRADBOOK_PJRT_PLUGIN: path };
    const { passed, failed, stdout } = await runContract(files, env);
    expect(failed, stdout.slice(-4000)).toBe(0);
    expect(passed).toBeGreaterThan(least);
  },
  600_000,
);
