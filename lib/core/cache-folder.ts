/** Where downloads and built engines are kept: one folder of the user's, outside every project. */
import { homedir } from "node:os";
import { join } from "node:path";

/** `GRADBOOK_CACHE`, else `gradbook` in the platform's cache folder. */
export function cacheFolder(): string {
  if (process.env.GRADBOOK_CACHE) return process.env.GRADBOOK_CACHE;
  if (process.platform === "darwin") return join(homedir(), "Library/Caches/gradbook");
  if (process.platform === "win32")
    return join(process.env.LOCALAPPDATA ?? join(homedir(), "AppData/Local"), "gradbook");
  return join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "gradbook");
}
