/**
 * Where a plugin is: `GRADBOOK_PJRT_PLUGIN`, what `gradbook engine install xla` installed, or a wheel of the Python
 * environment that is active.
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "../../../core/cache-folder.ts";

/** Packages that hold a plugin, the fastest device first. */
const WHEELS = [
  "jax_plugins/xla_cuda13/xla_cuda_plugin.so",
  "jax_plugins/xla_cuda12/xla_cuda_plugin.so",
  "jax_plugins/xla_rocm7/xla_rocm_plugin.so",
  "libtpu/libtpu.so",
  "xla_plugins/xla_cpu_pjrt/xla_cpu_pjrt.so",
];

/** The site-packages folders of a virtual environment. */
function sitePackages(environment: string): string[] {
  const lib = join(environment, "lib");
  const versions = existsSync(lib) ? readdirSync(lib).filter((name) => name.startsWith("python")) : [];
  return versions.map((version) => join(lib, version, "site-packages"));
}

/** The virtual environment that `gradbook engine install xla` writes, and nothing else does. */
export const xlaFolder = (): string => join(cacheFolder(), "engines", "xla");

/**
 * Paths of the plugins that can be found, the preferred one first. A path in `GRADBOOK_PJRT_PLUGIN` is the only
 * one, whether it exists or not: loading it says what is wrong with it.
 *
 * @param environments Python virtual environments, the preferred one first; our own and the active one by default
 */
export function findPlugins(
  environments: readonly (string | undefined)[] = [xlaFolder(), process.env.VIRTUAL_ENV],
): string[] {
  // prettier-ignore
  const chosen = process.env.GRADBOOK_PJRT_PLUGIN;
  if (chosen) return [chosen];
  return environments.flatMap((environment) => {
    const folders = environment ? sitePackages(environment) : [];
    return WHEELS.flatMap((wheel) => folders.map((folder) => join(folder, wheel))).filter(existsSync);
  });
}
