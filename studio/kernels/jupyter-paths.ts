/** Where Jupyter programs keep kernelspecs, settings and the files of running servers and kernels. */
import { mkdirSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";

type Environment = Record<string, string | undefined>;

/** The user's own data folder. */
export function jupyterUserDataDir(env: Environment = process.env, platform = process.platform): string {
  if (env.JUPYTER_DATA_DIR) return env.JUPYTER_DATA_DIR;
  if (platform === "darwin") return path.join(homedir(), "Library", "Jupyter");
  if (platform === "win32") return path.join(env.APPDATA ?? homedir(), "jupyter");
  return path.join(env.XDG_DATA_HOME || path.join(homedir(), ".local", "share"), "jupyter");
}

/** Folders searched for `kernels/NAME/kernel.json`, nearest first. */
export function jupyterDataPaths(env: Environment = process.env, platform = process.platform): string[] {
  const prefixes = [env.VIRTUAL_ENV, env.CONDA_PREFIX].filter((prefix) => prefix !== undefined);
  const system =
    platform === "win32"
      ? [path.join(env.PROGRAMDATA ?? "C:\\ProgramData", "jupyter")]
      : ["/usr/local/share/jupyter", "/usr/share/jupyter"];
  return [
    ...(env.JUPYTER_PATH?.split(path.delimiter).filter((entry) => entry !== "") ?? []),
    ...prefixes.map((prefix) => path.join(prefix, "share", "jupyter")),
    jupyterUserDataDir(env, platform),
    ...system,
  ];
}

/** The folder for connection files and server addresses; made readable by the user only. */
export function jupyterRuntimeDir(env: Environment = process.env): string {
  const folder = env.JUPYTER_RUNTIME_DIR ?? path.join(jupyterUserDataDir(env), "runtime");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

/** The folder for what the user changes: Lab settings, workspaces, trusted notebooks. */
export function jupyterConfigDir(env: Environment = process.env): string {
  return env.JUPYTER_CONFIG_DIR ?? path.join(homedir(), ".jupyter");
}
