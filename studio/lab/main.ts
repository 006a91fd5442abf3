/** The page's entry: gathers all plugins, JupyterLab's and ours, and starts the application. */
import { JupyterLab } from "@jupyterlab/application";
import { JupyterPluginRegistry, PageConfig } from "@jupyterlab/coreutils";
import type { IRenderMime } from "@jupyterlab/rendermime-interfaces";
import { IConnectionStatus, IServiceManager } from "@jupyterlab/services";
import type { IPlugin } from "@lumino/coreutils";
import cells from "./cells/index.ts";
import cellExecutor, { REPLACED_EXECUTOR } from "./cell-executor.ts";
import { mimeModules, pluginModules } from "gradbook:lab-extensions";
import dials from "./dials.ts";
import kernelDeath from "./kernel-death.ts";
import plotlyRenderer from "./plotly-renderer.ts";
import meters from "./meters.ts";
import missingKernel from "./missing-kernel.ts";
import progressTitle from "./progress-title.ts";
import repairNotice from "./repair-notice.ts";
import resume from "./resume.ts";
import startPage from "./start-page.ts";
import "./style.css";
import variables from "./variables/index.ts";
import widgets from "./widgets/index.ts";

type Plugin = IPlugin<JupyterLab, unknown>;

/** A module's default export is one plugin or a list of them. */
function exported<T>(modules: object[]): T[] {
  return modules.flatMap((module) => (module as { default?: T | T[] }).default ?? (module as T));
}

async function start(): Promise<void> {
  const ours = [
    widgets,
    cells,
    resume,
    cellExecutor,
    kernelDeath,
    dials,
    startPage,
    repairNotice,
    missingKernel,
    variables,
    meters,
    progressTitle,
  ] as Plugin[];
  const plugins = [...exported<Plugin>(pluginModules).filter(({ id }) => id !== REPLACED_EXECUTOR), ...ours];
  const enabled = plugins.filter(({ id }) => !PageConfig.Extension.isDisabled(id));
  const registry = new JupyterPluginRegistry();
  registry.registerPlugins(enabled);
  const lab = new JupyterLab({
    pluginRegistry: registry,
    serviceManager: await registry.resolveRequiredService(IServiceManager),
    connectionStatus: (await registry.resolveOptionalService(IConnectionStatus)) ?? undefined,
    mimeExtensions: [...exported<IRenderMime.IExtensionModule>(mimeModules), plotlyRenderer as never],
    availablePlugins: plugins.map((plugin) => describe(plugin, enabled.includes(plugin))),
  });
  // Browser tests and people at the console drive the application through this.
  Object.assign(window, { jupyterapp: lab });
  await lab.start({ ignorePlugins: [], bubblingKeydown: true });
  await lab.restored;
  if (PageConfig.getOption("mode") === "single-document") {
    lab.shell.collapseLeft();
    lab.shell.collapseRight();
  }
  document.getElementById("starting")?.remove();
}

/** What the settings editor lists. */
function describe({ id, description, requires, optional, provides, autoStart }: Plugin, enabled: boolean) {
  return {
    id,
    description: description ?? "",
    requires: requires ?? [],
    optional: optional ?? [],
    provides: provides ?? null,
    autoStart,
    enabled,
    extension: id.split(":")[0],
  };
}

void start();
