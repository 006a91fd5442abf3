/** Opening an address in the user's browser, where there is a screen to show it on. */
import { spawn } from "node:child_process";

/** False on a machine without a display and in an SSH session: a browser there would open for nobody. */
export function canOpenBrowser(environment: NodeJS.ProcessEnv = process.env): boolean {
  if (environment.SSH_CONNECTION || environment.CI) return false;
  if (process.platform === "darwin" || process.platform === "win32") return true;
  return Boolean(environment.DISPLAY || environment.WAYLAND_DISPLAY);
}

/** Starts the browser and does not wait for it; a browser that fails to start is no reason to stop. */
export function openBrowser(url: string): void {
  const [command, ...args] =
    process.platform === "darwin"
      ? ["open", url]
      : process.platform === "win32"
        ? ["cmd", "/c", "start", "", url.replaceAll("&", "^&")]
        : ["xdg-open", url];
  spawn(command, args, { stdio: "ignore", detached: true })
    .on("error", () => console.error(`${command} did not start; open the address by hand`))
    .unref();
}
