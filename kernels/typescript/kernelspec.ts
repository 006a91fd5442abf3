/**
 * The kernelspec of the TypeScript kernel: how a Jupyter program starts it, and its installation.
 *
 * The command is always the Node that this package brings (package `node`), never the one on PATH: older
 * versions abort when a cell is interrupted while AsyncLocalStorage is in use.
 */
import { existsSync, mkdirSync, rmSync, writeFileSync, copyFileSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { ENGINE_ENVIRONMENT } from "../../lib/engine/environment.ts";

/** The content of kernel.json. */
export interface KernelJson {
  argv: string[];
  display_name: string;
  language: string;
  interrupt_mode: "message" | "signal";
  env: Record<string, string>;
  metadata: Record<string, unknown>;
}

export const KERNEL_NAME = "gradbook";
const here = fileURLToPath(new URL(".", import.meta.url));
const LOGOS = ["logo-svg.svg", "logo-64x64.png", "logo-32x32.png"];

/** Path of the Node 24 binary from npm; this process's own when the package is absent. */
export function nodeBinary(): string {
  try {
    const folder = path.dirname(createRequire(import.meta.url).resolve("node/package.json"));
    const file = path.join(folder, "bin", process.platform === "win32" ? "node.exe" : "node");
    if (existsSync(file)) return file;
  } catch {
    // Not installed here: the running Node is the only one known to work.
  }
  return process.execPath;
}

/** The kernelspec, ready to be written as kernel.json or started directly. */
export function kernelSpec(): KernelJson {
  return {
    argv: [
      nodeBinary(),
      // Without it, an interrupt that hits a timer's callback aborts the process.
      "--no-force-async-hooks-checks",
      path.join(here, "start.js"),
      "{connection_file}",
    ],
    display_name: "TypeScript (gradbook)",
    language: "typescript",
    interrupt_mode: "message",
    env: { ...ENGINE_ENVIRONMENT },
    metadata: { debugger: true },
  };
}

export interface InstallOptions {
  /** Into the user's own Jupyter folder (the default). */
  user?: boolean;
  /** Into `PREFIX/share/jupyter`, e.g. a virtual environment. */
  prefix?: string;
}

/**
 * Writes kernel.json and the logos where Jupyter programs look for them; an older one is replaced.
 *
 * @returns the folder that was written
 */
export function installKernelSpec(options: InstallOptions = { user: true }): string {
  const folder = installFolder(options);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, "kernel.json"), `${JSON.stringify(kernelSpec(), null, 1)}\n`);
  for (const logo of LOGOS) {
    if (existsSync(path.join(here, logo))) copyFileSync(path.join(here, logo), path.join(folder, logo));
  }
  return folder;
}

/** Removes what installKernelSpec wrote; false when there was nothing. */
export function uninstallKernelSpec(options: InstallOptions = { user: true }): boolean {
  const folder = installFolder(options);
  const found = existsSync(folder);
  rmSync(folder, { recursive: true, force: true });
  return found;
}

function installFolder({ prefix }: InstallOptions): string {
  const data = prefix ? path.join(prefix, "share", "jupyter") : userDataFolder();
  return path.join(data, "kernels", KERNEL_NAME);
}

/** Jupyter's per-user data folder, by its own rules. */
export function userDataFolder(): string {
  const { JUPYTER_DATA_DIR, XDG_DATA_HOME, APPDATA } = process.env;
  if (JUPYTER_DATA_DIR) return JUPYTER_DATA_DIR;
  if (process.platform === "darwin") return path.join(homedir(), "Library", "Jupyter");
  if (process.platform === "win32") return path.join(APPDATA ?? homedir(), "jupyter");
  return path.join(XDG_DATA_HOME || path.join(homedir(), ".local", "share"), "jupyter");
}
