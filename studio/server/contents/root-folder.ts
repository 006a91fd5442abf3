/**
 * The folder that is served, and the border around it.
 *
 * API paths use `/`, are relative to the root, and can never leave it: not by `..`, not by an absolute path,
 * not through a symbolic link that points outside. Hidden files (a leading dot) do not exist for clients:
 * `.git`, `.env` and the checkpoints are nobody's business in a browser.
 */
import { lstatSync, realpathSync } from "node:fs";
import path from "node:path";
import { HTTPException } from "hono/http-exception";

export class RootFolder {
  /** Absolute, links resolved. */
  readonly path: string;

  constructor(folder: string) {
    this.path = realpathSync(folder);
  }

  /**
   * The absolute path of an API path; the file need not exist.
   * @throws HTTPException 404 when the path leads out of the root or to a hidden file
   */
  resolve(apiPath: string): string {
    const segments = normalize(apiPath);
    if (segments.some((segment) => segment.startsWith(".") || /[\0\\]/.test(segment))) throw outside(apiPath);
    const absolute = path.join(this.path, ...segments);
    if (!isInside(realPathOfNearest(absolute), this.path)) throw outside(apiPath);
    return absolute;
  }
}

/** API path without empty segments: `"/a//b/"` → `"a/b"`. */
export function cleanPath(apiPath: string): string {
  return normalize(apiPath).join("/");
}

function normalize(apiPath: string): string[] {
  return apiPath.split("/").filter((segment) => segment !== "");
}

/** Links resolved as far as the path exists; what does not exist yet cannot be a link. */
function realPathOfNearest(absolute: string): string {
  try {
    return realpathSync(absolute);
  } catch (error) {
    // A broken or circular link would be followed on write: refuse it by naming a place outside.
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" || isLink(absolute))
      return path.parse(absolute).root;
    return path.join(realPathOfNearest(path.dirname(absolute)), path.basename(absolute));
  }
}

function isInside(file: string, folder: string): boolean {
  return file === folder || file.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep);
}

// The same answer as for a missing file: a client learns nothing about what lies outside.
const outside = (apiPath: string) => new HTTPException(404, { message: `no such file: ${apiPath}` });

function isLink(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}
