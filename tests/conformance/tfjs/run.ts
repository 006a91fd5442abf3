/**
 * `npm run conformance:tfjs [-- --filter TEXT]`: tfjs-core's own test suite on the backend "graph".
 *
 * The npm package contains its 265 test files as ES modules; they are bundled with the engine so that both use
 * one copy of tfjs-core, and run under jasmine. Fails when a spec fails, when fewer pass than used to, when a
 * kernel runs on the fallback without a reason in `fallbacks.ts`, or when less than 95 % of them are lowered.
 */
import { mkdirSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import Jasmine from "jasmine";
import type { Touched } from "./entry.ts";
import { FALLBACKS, isOutsideTheEngine } from "./fallbacks.ts";

/** Specs that pass; raise it when a newer tfjs-core brings more. */
const EXPECTED_PASSES = 4225;
/** Least share of the numeric kernels that is lowered. */
const EXPECTED_LOWERED = 0.95;

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const FOLDER = here("../../../.cache/conformance");
const BUNDLE = `${FOLDER}/tfjs.mjs`;

const { values: options } = parseArgs({ options: { filter: { type: "string" } } });

/** One module of engine and tests. `ignoreAnnotations`: the package declares its tests free of side effects. */
async function bundle(): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  await build({
    entryPoints: [here("entry.ts")],
    outfile: BUNDLE,
    bundle: true,
    platform: "node",
    format: "esm",
    mainFields: ["module", "main"],
    ignoreAnnotations: true,
    alias: { "@tensorflow/tfjs": here("core-with-gradients.ts") },
    external: ["jasmine-core", "node-fetch", "util"],
    banner: {
      js: `import { createRequire as __make } from "node:module"; const require = __make(import.meta.url);`,
    },
    logLevel: "error",
  });
}

interface Results {
  passed: number;
  skipped: number;
  /** Message by name of the spec. */
  failures: Map<string, string>;
}

async function runSpecs(): Promise<Results> {
  const jasmine = new Jasmine({ projectBaseDir: here(".") });
  const results: Results = { passed: 0, skipped: 0, failures: new Map() };
  jasmine.exitOnCompletion = false;
  jasmine.clearReporters();
  jasmine.addReporter({
    specDone({ fullName, status, failedExpectations }) {
      if (status === "passed") results.passed++;
      else if (status === "failed") results.failures.set(fullName, failedExpectations[0]?.message ?? "");
      else results.skipped++;
    },
  });
  jasmine.env.configure({ random: false });
  await import(pathToFileURL(BUNDLE).href);
  await jasmine.execute([], options.filter);
  return results;
}

/** How many of the kernels that were called are lowered, and why the others are not. */
function reportKernels({ touched, fallback, calls }: Touched): { share: number; unexplained: string[] } {
  const onCpu = [...touched].filter((kernel) => fallback.has(kernel));
  const numeric = [...touched].filter((kernel) => !isOutsideTheEngine(kernel));
  const lowered = numeric.filter((kernel) => !fallback.has(kernel));
  const share = lowered.length / numeric.length;
  console.log(
    `${lowered.length} of ${numeric.length} numeric kernels lowered (${(100 * share).toFixed(1)} %)`,
  );
  const partly = lowered.filter((kernel) => calls[kernel] > 0).sort();
  console.log(`  lowered but for some cases (strings, complex numbers, odd shapes): ${partly.join(", ")}`);
  for (const kernel of onCpu.sort())
    console.log(`  on the fallback: ${kernel}: ${FALLBACKS[kernel] ?? "NO REASON"}`);
  return { share, unexplained: onCpu.filter((kernel) => !(kernel in FALLBACKS)) };
}

await bundle();
const start = performance.now();
const { passed, failures, skipped } = await runSpecs();
const seconds = ((performance.now() - start) / 1000).toFixed(0);
const { share, unexplained } = reportKernels((globalThis as unknown as { conformance: Touched }).conformance);
for (const [name, message] of failures) console.log(`FAILED ${name}\n       ${message.slice(0, 300)}`);
console.log(`passed ${passed}, failed ${failures.size}, skipped ${skipped} in ${seconds} s`);
const complete = options.filter === undefined;
const lost = complete && passed < EXPECTED_PASSES;
if (lost) console.log(`expected at least ${EXPECTED_PASSES} passes`);
const fellBack = complete && share < EXPECTED_LOWERED;
if (fellBack) console.log(`expected at least ${100 * EXPECTED_LOWERED} % of the kernels to be lowered`);
process.exit(failures.size > 0 || unexplained.length > 0 || lost || fellBack ? 1 : 0);
