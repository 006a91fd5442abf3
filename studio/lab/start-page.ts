/**
 * JupyterLab plug-in: the start page, a list of the course's chapters with how far one is in each.
 *
 * It opens when the page is opened without a notebook and nothing else is open, and from the Help menu.
 */
import { ILabShell, type JupyterFrontEnd, type JupyterFrontEndPlugin } from "@jupyterlab/application";
import { ICommandPalette, MainAreaWidget } from "@jupyterlab/apputils";
import { PageConfig } from "@jupyterlab/coreutils";
import { IMainMenu } from "@jupyterlab/mainmenu";
import { ServerConnection } from "@jupyterlab/services";
import { Widget } from "@lumino/widgets";
import type { Chapter } from "./chapter.ts";
import { gradbookIcon } from "./icons.ts";

const OPEN = "gradbook:open-course";

const plugin: JupyterFrontEndPlugin<void> = {
  id: "gradbook:start-page",
  description: "The course as a list of chapters.",
  autoStart: true,
  requires: [ILabShell],
  optional: [IMainMenu, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    shell: ILabShell,
    menu: IMainMenu | null,
    palette: ICommandPalette | null,
  ) => {
    app.commands.addCommand(OPEN, { label: "Course", icon: gradbookIcon, execute: () => open(app) });
    menu?.helpMenu.addGroup([{ command: OPEN }], 0);
    palette?.addItem({ command: OPEN, category: "Help" });
    void Promise.all([app.restored, shell.restored]).then(() => {
      const isEmpty = [...shell.widgets("main")].every((widget) => widget.id.startsWith("launcher"));
      if (isEmpty && PageConfig.getOption("treePath") === "") void app.commands.execute(OPEN);
    });
  },
};

export default plugin;

function open(app: JupyterFrontEnd): void {
  const id = "gradbook-start";
  if (![...app.shell.widgets("main")].some((widget) => widget.id === id)) {
    const page = new MainAreaWidget({ content: new StartPage(app) });
    page.id = id;
    page.title.label = "Course";
    page.title.icon = gradbookIcon;
    page.title.closable = true;
    app.shell.add(page, "main");
  }
  app.shell.activateById(id);
}

class StartPage extends Widget {
  readonly #app: JupyterFrontEnd;

  constructor(app: JupyterFrontEnd) {
    super();
    this.#app = app;
    this.addClass("gradbook-start");
    this.node.tabIndex = -1;
  }

  /** Each time it comes into view, since a chapter may have been run meanwhile. */
  protected override onAfterShow(): void {
    void this.#refresh();
  }

  protected override onAfterAttach(): void {
    void this.#refresh();
  }

  async #refresh(): Promise<void> {
    const { serverSettings } = this.#app.serviceManager;
    const response = await ServerConnection.makeRequest(
      `${serverSettings.baseUrl}gradbook/api/course`,
      {},
      serverSettings,
    );
    const chapters = (await response.json()) as Chapter[];
    const list = element("ol", "");
    for (const chapter of chapters) {
      const item = element("li", "");
      item.append(this.#chapter(chapter));
      list.append(item);
    }
    const lead = chapters.length
      ? "Train language models the way the large labs describe it, cell by cell: press Shift+Enter to run a cell, move the sliders, watch what happens."
      : "No chapters here (notebooks named 01-….ipynb). Open a notebook in the file browser at the left.";
    this.node.replaceChildren(element("h1", "", "gradbook"), element("p", "lead", lead), list);
  }

  #chapter(chapter: Chapter): HTMLElement {
    const { path, number, title, summary, codeCells, ranCells, isRunning } = chapter;
    const button = element("button", "chapter");
    const status = element("span", "status", isRunning ? "running" : progress(ranCells, codeCells));
    status.dataset.state = isRunning ? "running" : ranCells === codeCells ? "done" : "open";
    button.append(
      element("span", "number", String(number)),
      element("span", "title", title),
      status,
      element("span", "summary", summary),
    );
    button.onclick = () => void this.#app.commands.execute("docmanager:open", { path });
    return button;
  }
}

function progress(ran: number, all: number): string {
  if (ran === 0) return "not started";
  return ran === all ? "done" : `${ran} of ${all} cells`;
}

function element<Name extends keyof HTMLElementTagNameMap>(name: Name, className: string, text = "") {
  const node = document.createElement(name);
  node.className = className;
  node.textContent = text;
  return node;
}
