/**
 * Installing an XLA plugin: pip puts its wheel, and NVIDIA's libraries where it needs them, into a virtual environment
 * of gradbook's own. Only the shared libraries are used afterwards. Needs Python 3 with venv.
 */
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fail } from "../../core/errors.ts";
import { installStep } from "../install-step.ts";
import { findPlugins, xlaFolder } from "./pjrt/discover.ts";

/** What pip is asked for, by device; the extra "with-cuda" brings NVIDIA's libraries. */
const WHEELS = {
  cpu: ["--no-deps", "xla-cpu-pjrt==0.0.1"],
  cuda13: ["jax-cuda13-plugin[with-cuda]==0.11.2"],
  cuda12: ["jax-cuda12-plugin[with-cuda]==0.11.2"],
  rocm: ["jax-rocm7-pjrt"],
  tpu: ["libtpu"],
} as const;

export type XlaDevice = keyof typeof WHEELS;
export const XLA_DEVICES = Object.keys(WHEELS) as XlaDevice[];

/** Remove everything the installation wrote. Returns false when there was nothing. */
export function uninstallXla(): boolean {
  const there = existsSync(xlaFolder());
  rmSync(xlaFolder(), { recursive: true, force: true });
  return there;
}

/**
 * Install the plugin for a device; replaces an earlier one.
 * @returns its path
 * @throws GradbookError with pip's output; nothing is left behind then
 */
export function installXla(device: XlaDevice, report: (step: string) => void = () => undefined): string {
  uninstallXla();
  const folder = xlaFolder();
  mkdirSync(folder, { recursive: true });
  const step = { where: "engine install xla", hint: "it needs Python 3 with venv, and a network", cwd: folder, report }; // prettier-ignore
  try {
    installStep(step, "python3", "-m", "venv", ".");
    const python = join(folder, "bin", "python");
    installStep(step, python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...WHEELS[device]); // prettier-ignore
    const [path] = findPlugins([folder]);
    if (!path) fail("engine install xla", { expected: "a plugin in what pip installed", got: "none" });
    return path;
  } catch (problem) {
    uninstallXla();
    throw problem;
  }
}
