/**
 * Compiled programs on disk, so that a process need not compile what one before it did.
 *
 * A file is named by a hash of everything that the compiler saw: the program's text, the options, the plugin and its
 * version, the device, the processor. What another version wrote is never found. A file begins with a hash of its
 * content: plugins end the process on bytes that are not what they wrote. When the folder grows beyond its limit the
 * files that were not used for the longest time go.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs"; // prettier-ignore
import { cpus } from "node:os";
import { join } from "node:path";
import { cacheFolder } from "../../core/cache-folder.ts";
import { compileOptions } from "./pjrt/compile-options.ts";
import type { Client, Executable, Signature } from "./pjrt/client.ts";

const LIMIT_BYTES = 2 * 2 ** 30;
/** Programs that compile faster than this are not worth a file. */
const WORTH_MS = 300;
const DIGEST_BYTES = 32;

const digest = (bytes: Uint8Array | string): Buffer => createHash("sha256").update(bytes).digest();

/** The folder that programs are kept in. */
export const executableFolder = (): string => join(cacheFolder(), "xla");

/** Everything besides the program that the result of compiling depends on. */
function identity(client: Client, release: string): string {
  const { path, version } = client.plugin;
  const processor = `${process.arch} ${cpus()[0]?.model}`;
  const size = statSync(path).size;
  return [path, size, version.major, version.minor, client.platform, release, client.devices(), processor].join("\n"); // prettier-ignore
}

/** A file's content if it is what was written. */
function readFile(path: string): Uint8Array | undefined {
  try {
    const bytes = readFileSync(path);
    const content = bytes.subarray(DIGEST_BYTES);
    if (!digest(content).equals(bytes.subarray(0, DIGEST_BYTES))) return undefined;
    utimesSync(path, new Date(), new Date());
    return content;
  } catch {
    return undefined;
  }
}

/** Whole or not at all; a full disk or a folder that may not be written only costs the next process its time. */
function writeFile(folder: string, name: string, content: Uint8Array): void {
  const temporary = join(folder, `${name}.${process.pid}.part`);
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(temporary, Buffer.concat([digest(content), content]));
    renameSync(temporary, join(folder, name));
    prune(folder);
  } catch {
    if (existsSync(temporary)) rmSync(temporary);
  }
}

function prune(folder: string): void {
  const files = readdirSync(folder).map((name) => {
    const { size, mtimeMs } = statSync(join(folder, name));
    return { name, size, mtimeMs };
  });
  let total = files.reduce((sum, { size }) => sum + size, 0);
  for (const { name, size } of files.sort((a, b) => a.mtimeMs - b.mtimeMs)) {
    if (total <= LIMIT_BYTES) return;
    rmSync(join(folder, name), { force: true });
    total -= size;
  }
}

/** Where a compiled program came from, and how long that took. */
export interface Compiled {
  executable: Executable;
  cached: boolean;
  milliseconds: number;
}

/** The program for a text: from the disk when it was compiled there before, compiled and kept otherwise. */
export function compileCached(
  client: Client,
  text: string,
  signature: Signature,
  { folder = executableFolder(), worthMs = WORTH_MS, release = client.platformVersion } = {},
): Compiled {
  const start = performance.now();
  const done = (executable: Executable, cached: boolean): Compiled => ({ executable, cached, milliseconds: performance.now() - start }); // prettier-ignore
  const options = Buffer.from(compileOptions(client.platform, client.deviceCount)).toString("hex");
  const name = `${digest(`${identity(client, release)}\n${options}\n${text}`).toString("hex")}.xla`;
  const known = readFile(join(folder, name));
  if (known) {
    try {
      return done(client.load(known, signature), true);
    } catch {
      rmSync(join(folder, name), { force: true });
    }
  }
  const compiled = done(client.compile(text, signature), false);
  if (compiled.milliseconds >= worthMs) writeFile(folder, name, compiled.executable.serialize());
  return compiled;
}
