/** All kernels of this server, by id. */
import { HTTPException } from "hono/http-exception";
import { nearest } from "../../../lib/core/errors.ts";
import { findKernelSpecs, type KernelSpec } from "../../kernels/kernel-spec.ts";
import { LiveKernel } from "./live-kernel.ts";

export class KernelHub {
  readonly #kernels = new Map<string, LiveKernel>();

  /** Called before a kernel is shut down, while its outputs can still be written. */
  beforeShutdown: (kernel: LiveKernel) => void = () => {};

  specs(): KernelSpec[] {
    return findKernelSpecs((sentence) => console.warn(sentence));
  }

  /**
   * Starts a kernel in a folder and waits until it answers.
   * @param name of the kernelspec; ours when undefined
   */
  async start(name: string | undefined, cwd: string): Promise<LiveKernel> {
    const specs = this.specs();
    const spec = specs.find((candidate) => candidate.name === (name ?? "gradbook"));
    if (!spec) {
      const names = specs.map((candidate) => candidate.name);
      const near = nearest(name!, names);
      const message = `no kernel "${name}"; ${near ? `did you mean ${near}?` : `installed: ${names.join(", ")}`}`;
      throw new HTTPException(404, { message });
    }
    const kernel = await LiveKernel.start(spec, cwd);
    this.#kernels.set(kernel.id, kernel);
    return kernel;
  }

  /** @throws HTTPException 404 */
  get(id: string): LiveKernel {
    const kernel = this.#kernels.get(id);
    if (!kernel) throw new HTTPException(404, { message: `no kernel ${id}; it was shut down` });
    return kernel;
  }

  find(id: string): LiveKernel | undefined {
    return this.#kernels.get(id);
  }

  all(): LiveKernel[] {
    return [...this.#kernels.values()];
  }

  async shutdown(id: string): Promise<void> {
    const kernel = this.get(id);
    kernel.keeper.onKernelGone("the kernel was shut down");
    this.beforeShutdown(kernel);
    this.#kernels.delete(id);
    await kernel.shutdown();
  }

  /** The end of the server. */
  async shutdownAll(): Promise<void> {
    for (const kernel of this.all()) kernel.disconnectAll();
    await Promise.all([...this.#kernels.keys()].map((id) => this.shutdown(id)));
  }
}
