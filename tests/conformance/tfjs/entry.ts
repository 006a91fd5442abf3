/** What is bundled for the conformance run: the engine and tfjs-core's own tests on one copy of tfjs-core. */
import "../../../lib/engine/index.ts";
import { fallbackKernels } from "../../../lib/engine/record/register.ts";
import { engineStats } from "../../../lib/engine/stats.ts";
import { tf } from "../../../lib/engine/tf.ts";
// @ts-expect-error the test files of the package have no declarations
import { setTestEnvs } from "@tensorflow/tfjs-core/dist/jasmine_util";

setTestEnvs([{ name: "graph", backendName: "graph", flags: {}, isDataSync: true }]);

/** Kernels of the backend that the specs called, and which of those only run on the fallback. */
export interface Touched {
  touched: Set<string>;
  fallback: Set<string>;
  /** Calls that ran on the fallback, by kernel; those of lowered kernels are cases that are not. */
  calls: Record<string, number>;
}
const report: Touched = { touched: new Set(), fallback: fallbackKernels, calls: engineStats.fallbacks };
(globalThis as { conformance?: Touched }).conformance = report;

for (const config of tf.getKernelsForBackend("graph")) {
  tf.unregisterKernel(config.kernelName, "graph");
  tf.registerKernel({
    ...config,
    kernelFunc(params) {
      report.touched.add(config.kernelName);
      return config.kernelFunc(params);
    },
  });
}

// @ts-expect-error likewise
await import("@tensorflow/tfjs-core/dist/tests");
