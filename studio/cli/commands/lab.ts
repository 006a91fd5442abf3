/** `gradbook lab` (= `npm start`): JupyterLab in the browser, served from this machine, without Python. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { fail } from "../../../lib/core/errors.ts";
import { canOpenBrowser, openBrowser } from "../open-browser.ts";
import { defineCommand } from "../command.ts";
import { UsageError } from "../options.ts";
import { style } from "../terminal.ts";

export const lab = defineCommand({
  usage: "lab [NOTEBOOK | FOLDER] [options]",
  summary:
    "Starts the notebook server on this machine and opens JupyterLab in the browser. The first start bundles " +
    "JupyterLab (some seconds); later starts take less than one.",
  details:
    "Without an argument the folder that is served is the current one. Ctrl+C stops the server and its kernels; " +
    "notebooks are saved by then.",
  options: {
    port: { type: "string", value: "NUMBER", description: "port (default: 8888, or the next free one)" },
    "no-browser": { type: "boolean", description: "only print the address" },
    root: {
      type: "string",
      value: "DIR",
      description: "folder with your notebooks (default: the current one)",
    },
    host: {
      type: "string",
      value: "ADDRESS",
      description: "address to listen on (default: 127.0.0.1; anything else lets other machines in)",
    },
  },
  async run(words, values) {
    if (words.length > 1) throw new UsageError(`expected one notebook or folder, got ${words.join(" ")}`);
    const { root, open } = choosePlace(words[0], values.root);
    const port = readPort(values.port);
    const { startServer } = await import("../../server/index.ts"); // Heavy: not for a wrong command line.
    const server = await startServer({
      root,
      open,
      port,
      host: values.host,
      onProgress: (line) => console.error(style("dim", line, process.stderr)),
    });
    if (server.alreadyRunning) console.log(`A server for ${root} is running already:`);
    console.log(`\n  ${style("bold", server.url)}\n`);
    if (!values["no-browser"] && canOpenBrowser()) openBrowser(server.url);
    else console.log("Open this address in a browser.");
    if (server.alreadyRunning) return 0;
    console.log(`Serving ${root}. Press Ctrl+C to stop.`);
    // The page can end the server too (File → Shut Down).
    await Promise.race([stopSignal(), server.closed]);
    console.log("\nStopping the kernels…");
    await server.close();
    return 0;
  },
});

/** The folder to serve, and the notebook to open in it. */
function choosePlace(
  word: string | undefined,
  rootOption: string | undefined,
): { root: string; open?: string } {
  const root = resolve(rootOption ?? ".");
  const named = word === undefined ? undefined : resolve(word);
  for (const path of [root, named]) {
    if (path !== undefined && !existsSync(path)) {
      fail("gradbook lab", {
        expected: "a notebook or folder that exists",
        got: path,
        hint: "check the path",
      });
    }
  }
  if (named === undefined) return { root, open: firstChapter(root) };
  if (statSync(named).isDirectory()) return { root: named };
  const inside = relative(root, named);
  return inside.startsWith("..")
    ? { root: dirname(named), open: basename(named) }
    : { root, open: inside.split(sep).join("/") };
}

/** In a folder with the course, its first notebook. */
function firstChapter(root: string): string | undefined {
  const folder = join(root, "notebooks");
  const chapters = existsSync(folder)
    ? readdirSync(folder).filter((name) => /^\d+.*\.ipynb$/.test(name))
    : [];
  return chapters.length > 0 ? `notebooks/${chapters.sort()[0]}` : undefined;
}

function readPort(word: string | undefined): number | undefined {
  if (word === undefined) return undefined;
  const port = Number(word);
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new UsageError(`--port expects a number from 0 to 65535, got ${word}`);
  }
  return port;
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
}
