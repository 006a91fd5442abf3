/**
 * JupyterLab plug-in: cells that are out of date say so, and can be run again, one by one, all at once, or by
 * themselves.
 *
 * Commands: "Run Stale Cells" and "Run Stale Cells Automatically" in the Run menu and the command palette; a
 * button in the notebook's toolbar shows how many cells are out of date.
 */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import { ICommandPalette } from "@jupyterlab/apputils";
import { IMainMenu } from "@jupyterlab/mainmenu";
import { INotebookTracker, type NotebookPanel } from "@jupyterlab/notebook";
import { Widget } from "@lumino/widgets";
import { showBadge } from "./badge.ts";
import { CellStates } from "./cell-states.ts";
import { AutoRun, CellDurations, runCells } from "./run-stale.ts";

const RUN_STALE = "gradbook:run-stale-cells";
const AUTO_RUN = "gradbook:run-stale-cells-automatically";

interface Watched {
  states: CellStates;
  auto: AutoRun;
}

const plugin: JupyterFrontEndPlugin<void> = {
  id: "gradbook:cells",
  description: "Marks cells that are out of date, and runs them again.",
  autoStart: true,
  requires: [INotebookTracker],
  optional: [ICommandPalette, IMainMenu],
  activate,
};

export default plugin;

function activate(
  app: JupyterFrontEnd,
  tracker: INotebookTracker,
  palette: ICommandPalette | null,
  menu: IMainMenu | null,
): void {
  const durations = new CellDurations();
  const watched = new WeakMap<NotebookPanel, Watched>();
  const current = () => (tracker.currentWidget ? watched.get(tracker.currentWidget) : undefined);

  tracker.widgetAdded.connect((_sender, panel) => {
    const states = new CellStates(panel);
    watched.set(panel, { states, auto: new AutoRun(states, durations) });
    addToolbarButton(panel, states, () => void app.commands.execute(RUN_STALE));
    states.changed.connect(() => {
      markCells(states);
      app.commands.notifyCommandChanged(RUN_STALE);
    });
  });

  app.commands.addCommand(RUN_STALE, {
    label: "Run Stale Cells",
    caption: "Run the cells that read a name which has changed since they ran",
    isEnabled: () => (current()?.states.stale.length ?? 0) > 0,
    execute: () => {
      const states = current()?.states;
      return states && runCells(states.panel, states.stale);
    },
  });
  app.commands.addCommand(AUTO_RUN, {
    label: "Run Stale Cells Automatically",
    caption: "Run stale cells by themselves, if they took less than a second last time",
    isToggleable: true,
    isToggled: () => current()?.auto.enabled ?? false,
    isEnabled: () => current() !== undefined,
    execute: () => {
      const auto = current()?.auto;
      if (!auto) return;
      auto.enabled = !auto.enabled;
      auto.schedule();
    },
  });
  const commands = [RUN_STALE, AUTO_RUN];
  menu?.runMenu.addGroup(
    commands.map((command) => ({ command })),
    5,
  );
  for (const command of commands) palette?.addItem({ command, category: "Notebook Cell Operations" });
}

function markCells(states: CellStates): void {
  for (const cell of states.panel.content.widgets) {
    const { id } = cell.model;
    const mark = () => showBadge(cell, states.of(id), () => void runCells(states.panel, [id]));
    // A cell that was never scrolled to has no code to stand under yet.
    if (cell.isPlaceholder()) void cell.ready.then(mark);
    else mark();
  }
}

function addToolbarButton(panel: NotebookPanel, states: CellStates, onClick: () => void): void {
  const button = document.createElement("button");
  button.className = "jp-mod-styled jp-mod-minimal";
  button.title = "Run the cells that are out of date";
  button.addEventListener("click", onClick);
  const item = new Widget({ node: button });
  item.hide();
  panel.toolbar.insertBefore("kernelName", "gradbook-stale", item);
  states.changed.connect(() => {
    const count = states.stale.length;
    button.textContent = `▶ ${count} stale ${count === 1 ? "cell" : "cells"}`;
    item.setHidden(count === 0);
  });
}
