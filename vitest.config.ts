import { defineConfig } from "vitest/config";

/** One project per kind of test; `npm test -- --project unit` runs one of them. See CONTRIBUTING.md. */
const project = (name: string, include: string[], extra: Record<string, unknown> = {}) => ({
  extends: true as const,
  test: { name, include, ...extra },
});

/** Processes, sockets and a settling page: a message that comes a moment late is tried once more. Units are not. */
const MESSAGES = { retry: 1 };

export default defineConfig({
  test: {
    reporters: ["default", "./tests/counts-reporter.ts"],
    pool: "forks",
    maxWorkers: 2,
    // A busy machine is slow, not wrong: what a test polls for may take its time.
    expect: { poll: { timeout: 20_000 } },
    projects: [
      project(
        "unit",
        [
          "tests/{core,engine,data,tokenizers,notebook,nn,optim,batches,models,checkpoint,train,distributed,generate,eval,finetune,rlhf,rl,datasets,structure,bench}/**/*.test.ts",
        ],
        {
          testTimeout: 60_000,
        },
      ),
      project("kernel", ["tests/kernels/**/*.test.ts"], {
        ...MESSAGES,
        testTimeout: 60_000,
        hookTimeout: 60_000,
      }),
      project("studio", ["tests/studio/**/*.test.ts"], {
        ...MESSAGES,
        testTimeout: 120_000,
        hookTimeout: 120_000,
      }),
      project("notebooks", ["tests/{notebooks,readme}/**/*.test.ts"], {
        testTimeout: 600_000,
        hookTimeout: 120_000,
      }),
      project("browser", ["tests/browser/**/*.test.ts"], {
        ...MESSAGES,
        testTimeout: 300_000,
        hookTimeout: 300_000,
        fileParallelism: false,
      }),
      project("peers", ["tests/peers/**/*.test.ts"], {
        ...MESSAGES,
        testTimeout: 600_000,
        hookTimeout: 600_000,
      }),
    ],
  },
});
