/** JupyterLab plug-in: processor, memory and graphics card of the server's machine in the status bar. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import { ServerConnection } from "@jupyterlab/services";
import { IStatusBar } from "@jupyterlab/statusbar";
import { Widget } from "@lumino/widgets";
import { formatBytes } from "../../lib/core/progress.ts";

/** What `/gradbook/api/meters` answers. */
export interface Meters {
  /** Share of all cores since the last question, 0 to 1. */
  cpu: number;
  /** Bytes. */
  memory: { used: number; total: number };
  /** Each card: share of time in which it computed, 0 to 1, and memory in bytes. */
  gpus: { name: string; use: number; used: number; total: number }[];
}

const INTERVAL = 3000;

const plugin: JupyterFrontEndPlugin<void> = {
  id: "gradbook:meters",
  description: "How busy the machine is.",
  autoStart: true,
  requires: [IStatusBar],
  activate: (app: JupyterFrontEnd, statusBar: IStatusBar) => {
    const item = new Widget();
    item.addClass("gb-Meters");
    statusBar.registerStatusItem("gradbook:meters", { item, align: "left", rank: 90 });
    const { serverSettings } = app.serviceManager;
    const url = `${serverSettings.baseUrl}gradbook/api/meters`;
    const update = async () => {
      // A tab in the background asks for nothing.
      if (!document.hidden) {
        const response = await ServerConnection.makeRequest(url, {}, serverSettings).catch(() => undefined);
        if (response?.ok) show(item.node, (await response.json()) as Meters);
      }
      setTimeout(() => void update(), INTERVAL);
    };
    void app.restored.then(update);
  },
};

export default plugin;

function show(node: HTMLElement, { cpu, memory, gpus }: Meters): void {
  const share = (part: number) => `${Math.round(100 * part)} %`;
  const texts = [
    `CPU ${share(cpu)}`,
    `memory ${formatBytes(memory.used)} of ${formatBytes(memory.total)}`,
    ...gpus.map(({ use, used, total }) => `GPU ${share(use)}, ${formatBytes(used)} of ${formatBytes(total)}`),
  ];
  node.textContent = texts.join(" · ");
  node.title = ["The machine on which the kernels run", ...gpus.map(({ name }) => name)].join("\n");
}
