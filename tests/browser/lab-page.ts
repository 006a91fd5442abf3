/** A person in front of JupyterLab: real Chromium, the real server, the real kernel. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { chromium, type Browser, type Page } from "playwright-core";
import { findBrowser } from "../../studio/report/browser.ts";
import { startServer, type RunningServer } from "../../studio/server/index.ts";

const FIXTURES = fileURLToPath(new URL("fixtures", import.meta.url));
/** Screenshots are kept here to be looked at. */
export const SHOTS = process.env.GRADBOOK_SCREENSHOTS;

/** Path of a Chromium; undefined where the browser tests cannot run. */
export const browserPath = findBrowser();

export interface Desk {
  server: RunningServer;
  browser: Browser;
  /** The served folder. */
  folder: string;
  /** Opens a notebook in a new tab and waits until its kernel is ready. */
  open(notebook: string): Promise<LabPage>;
  /** Puts a copy of a fixture into the folder. */
  put(fixture: string, as?: string): string;
  close(): Promise<void>;
}

/** A Chromium for tests, without what needs a screen or the network. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: browserPath,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
    ],
  });
}

export async function sitDown(): Promise<Desk> {
  const home = mkdtempSync(path.join(tmpdir(), "gradbook-browser-"));
  const folder = path.join(home, "notebooks");
  mkdirSync(folder);
  process.env.JUPYTER_DATA_DIR = path.join(home, "data");
  process.env.JUPYTER_CONFIG_DIR = path.join(home, "config");
  const server = await startServer({ root: folder });
  const browser = await launchBrowser();
  return {
    server,
    browser,
    folder,
    open: async (notebook) => {
      const page = await browser.newPage({ viewport: { width: 1400, height: 1000 } });
      const lab = new LabPage(page);
      await page.goto(`http://127.0.0.1:${server.port}/lab/tree/${notebook}?reset&token=${server.token}`);
      await lab.ready();
      return lab;
    },
    put: (fixture, as = fixture) => {
      copyFileSync(path.join(FIXTURES, fixture), path.join(folder, as));
      return as;
    },
    close: async () => {
      await browser.close();
      await server.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

interface CellModel {
  id: string;
  type: string;
  executionCount: number | null;
  executionState: string;
  outputs?: { toJSON(): { output_type: string; evalue?: string }[] };
  getMetadata(key: string): unknown;
}

/** What is used of the application object that the page exposes. */
interface LabWindow {
  jupyterapp: {
    restored: Promise<unknown>;
    commands: { execute(id: string, args?: object): Promise<unknown> };
    shell: {
      currentWidget: {
        sessionContext: { session?: { kernel?: { connectionStatus: string } } };
        content: {
          activeCellIndex: number;
          mode: string;
          node: HTMLElement;
          scrollToItem(index: number): Promise<void>;
          widgets: { model: CellModel }[];
        };
      };
    };
  };
}

export class LabPage {
  readonly page: Page;
  /** Exceptions of the page's scripts. */
  readonly errors: string[] = [];

  constructor(page: Page) {
    this.page = page;
    page.setDefaultTimeout(30_000);
    page.on("pageerror", (error) => this.errors.push(String(error.stack)));
  }

  /** The notebook is shown, its kernel answers, and the page has done with restoring, which moves the focus. */
  async ready(): Promise<void> {
    await this.page.waitForSelector(".jp-Notebook .jp-Cell");
    await this.page.waitForSelector(
      ".jp-Notebook-ExecutionIndicator:is([data-status=idle], [data-status=busy])",
    );
    await this.page.evaluate(() => (window as unknown as LabWindow).jupyterapp.restored.then(() => null));
    // A cell that is run while the page still connects to the kernel is forgotten.
    await this.page.waitForFunction(() => {
      const { sessionContext } = (window as unknown as LabWindow).jupyterapp.shell.currentWidget;
      return sessionContext.session?.kernel?.connectionStatus === "connected";
    });
  }

  async reload(): Promise<void> {
    await this.page.reload();
    await this.ready();
  }

  /** Runs a Lab command, as its menu item does. */
  command(id: string, args: object = {}): Promise<unknown> {
    return this.page.evaluate(
      ([command, options]) =>
        (window as unknown as LabWindow).jupyterapp.commands
          .execute(command as string, options as object)
          .then(() => null),
      [id, args] as const,
    );
  }

  /** Makes a cell the active one, in command mode, where Shift+Enter runs it. */
  async select(index: number): Promise<void> {
    await this.page.evaluate(async (at) => {
      const notebook = (window as unknown as LabWindow).jupyterapp.shell.currentWidget.content;
      notebook.activeCellIndex = at;
      notebook.mode = "command";
      await notebook.scrollToItem(at);
      notebook.node.focus();
    }, index);
  }

  /**
   * Presses Shift+Enter in the active cell. Whatever it runs, the cell after it becomes active; if none does, the page
   * was settling and moved the focus from under the key, and one presses again, as a person does.
   */
  async step(): Promise<void> {
    const before = await this.activeIndex();
    for (let attempt = 0; attempt < 5; attempt++) {
      await this.page.evaluate(() => {
        const { node } = (window as unknown as LabWindow).jupyterapp.shell.currentWidget.content;
        if (!node.contains(document.activeElement)) node.focus();
      });
      await this.page.keyboard.press("Shift+Enter");
      for (let poll = 0; poll < 40; poll++) {
        if ((await this.activeIndex()) !== before) return;
        await this.page.waitForTimeout(50);
      }
    }
    throw new Error(`Shift+Enter in cell ${before} had no effect`);
  }

  /** `"idle"`, `"running"`, …, and the execution count, of a cell. */
  cell(index: number): Promise<{ state: string; count: number | null }> {
    return this.page.evaluate((at) => {
      const { model } = (window as unknown as LabWindow).jupyterapp.shell.currentWidget.content.widgets[at];
      return { state: model.executionState, count: model.executionCount };
    }, index);
  }

  /** Place of the first cell with a tag. */
  indexOf(tag: string): Promise<number> {
    return this.page.evaluate((wanted) => {
      const { widgets } = (window as unknown as LabWindow).jupyterapp.shell.currentWidget.content;
      return widgets.findIndex(({ model }) =>
        ((model.getMetadata("tags") ?? []) as string[]).includes(wanted),
      );
    }, tag);
  }

  activeIndex(): Promise<number> {
    return this.page.evaluate(
      () => (window as unknown as LabWindow).jupyterapp.shell.currentWidget.content.activeCellIndex,
    );
  }

  /** How many cells there are and how many are at work, and the errors they show. */
  cells(): Promise<{ count: number; busy: number; errors: string[] }> {
    return this.page.evaluate(() => {
      const { widgets } = (window as unknown as LabWindow).jupyterapp.shell.currentWidget.content;
      const outputs = widgets.flatMap(({ model }) => model.outputs?.toJSON() ?? []);
      return {
        count: widgets.length,
        busy: widgets.filter(({ model }) => model.executionState === "running").length,
        errors: outputs
          .filter(({ output_type }) => output_type === "error")
          .map(({ evalue }) => evalue ?? ""),
      };
    });
  }

  async untilDone(index: number, count: number, timeout = 60_000): Promise<void> {
    await this.page.waitForFunction(
      ([at, wanted]) => {
        const { model } = (window as unknown as LabWindow).jupyterapp.shell.currentWidget.content.widgets[at];
        return model.executionCount === wanted && model.executionState === "idle";
      },
      [index, count] as const,
      { timeout },
    );
  }

  /** Runs a cell as a person does and waits for its end, whatever ran before. */
  async run(index: number): Promise<void> {
    const before = await this.cell(index);
    await this.select(index);
    await this.step();
    await this.page.waitForFunction(
      ([at, count]) => {
        const { model } = (window as unknown as LabWindow).jupyterapp.shell.currentWidget.content.widgets[at];
        const { executionCount, executionState } = model;
        return executionCount !== null && executionCount !== count && executionState === "idle";
      },
      [index, before.count] as const,
      { timeout: 60_000 },
    );
  }

  /** Text of a cell's output area. */
  output(index: number): Promise<string> {
    return this.page
      .locator(".jp-Notebook .jp-Cell")
      .nth(index)
      .locator(".jp-OutputArea-output")
      .allInnerTexts()
      .then((texts) => texts.join("\n"));
  }

  /** How many points the first curve of the page's first chart has, and its last x. */
  curve(): Promise<{ points: number; first: number; last: number }> {
    return this.page.evaluate(() => {
      const plot = document.querySelector(".js-plotly-plot") as unknown as {
        data: { x: ArrayLike<number> }[];
      };
      const { x } = plot.data[0];
      return { points: x.length, first: x[0], last: x[x.length - 1] };
    });
  }

  /** Waits until the first curve has a point at `x` or beyond. */
  async untilCurve(x: number): Promise<void> {
    await this.page.waitForFunction((wanted) => {
      const plot = document.querySelector(".js-plotly-plot") as unknown as {
        data?: { x: ArrayLike<number> }[];
      } | null;
      const data = plot?.data?.[0]?.x;
      return data !== undefined && data[data.length - 1] >= wanted;
    }, x);
  }

  async screenshot(name: string): Promise<void> {
    if (SHOTS) await this.page.screenshot({ path: path.join(SHOTS, `${name}.png`) });
  }

  close(): Promise<void> {
    return this.page.close();
  }
}

/** A notebook of code cells `cell-0`, `cell-1`, … as its file's text. */
export function notebookOf(sources: string[]): string {
  const cells = sources.map((source, index) => ({
    cell_type: "code",
    id: `cell-${index}`,
    execution_count: null,
    metadata: {},
    outputs: [],
    source,
  }));
  const kernelspec = { name: "gradbook", display_name: "TypeScript (gradbook)", language: "typescript" };
  return JSON.stringify({ cells, metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 });
}
