/**
 * Writes outputs that no front end will save into the notebook file.
 *
 * It waits a little, since a connection that breaks is usually back within seconds, and collects: a training
 * run that goes on for hours without a browser is written every few seconds, not at every step.
 */
import { isCodeCell } from "../../document/notebook.ts";
import { readNotebook } from "../../document/read.ts";
import { storeWidgetModels, widgetModels } from "../../document/widget-state.ts";
import { writeNotebook } from "../../document/write.ts";
import type { RootFolder } from "../contents/root-folder.ts";
import type { TrustStore } from "../contents/trust.ts";
import type { KernelHub } from "./kernel-hub.ts";
import type { LiveKernel } from "./live-kernel.ts";
import type { Sessions } from "./sessions.ts";

/** How long news waits for a front end that may come back, in ms. */
const PATIENCE_MS = 5_000;

export class OrphanWriter {
  readonly #root: RootFolder;
  readonly #trust: TrustStore;
  readonly #sessions: Sessions;
  readonly #timers = new Map<string, NodeJS.Timeout>();

  constructor(root: RootFolder, trust: TrustStore, hub: KernelHub, sessions: Sessions) {
    this.#root = root;
    this.#trust = trust;
    this.#sessions = sessions;
    sessions.onKernel = (kernel) => this.#watch(kernel);
    hub.beforeShutdown = (kernel) => this.write(kernel);
  }

  /** Writes what is pending for a notebook now: somebody is about to read the file. */
  writeFor(apiPath: string): void {
    const kernel = this.#sessions.kernelOf(apiPath);
    if (kernel) this.write(kernel);
  }

  /** Writes the kernel's orphaned outputs; a notebook that cannot be written keeps them in memory. */
  write(kernel: LiveKernel): void {
    clearTimeout(this.#timers.get(kernel.id));
    this.#timers.delete(kernel.id);
    const apiPath = this.#sessions.notebookOf(kernel.id);
    const orphans = new Map(kernel.keeper.orphans().map((cell) => [cell.id, cell]));
    if (apiPath === undefined || orphans.size === 0) return;
    try {
      const file = this.#root.resolve(apiPath);
      const notebook = readNotebook(file);
      const wasTrusted = this.#trust.isTrusted(notebook);
      for (const cell of notebook.cells.filter(isCodeCell)) {
        const orphan = orphans.get(cell.id);
        if (!orphan) continue;
        cell.outputs = orphan.outputs;
        cell.execution_count = orphan.execution_count;
      }
      storeWidgetModels(notebook, { ...widgetModels(notebook), ...kernel.keeper.widgetModels });
      writeNotebook(file, notebook);
      if (wasTrusted) this.#trust.trust(notebook);
      kernel.keeper.onWritten();
    } catch (error) {
      console.warn(
        `outputs of ${apiPath} are kept in memory, the file cannot be written: ${(error as Error).message}`,
      );
    }
  }

  #watch(kernel: LiveKernel): void {
    kernel.keeper.onOrphanOutput = () => {
      if (this.#timers.has(kernel.id)) return;
      this.#timers.set(
        kernel.id,
        setTimeout(() => this.write(kernel), PATIENCE_MS),
      );
    };
  }
}
