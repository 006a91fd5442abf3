/**
 * What the kernelspec starts. Plain JavaScript, so that Node's compile cache is on before the first TypeScript
 * file: with the cache, Node never loads its type stripper, which costs each thread 90 ms and 17 MB.
 *
 * The cache lies in a folder of this user's own: what is read from there is run, so nobody else may write it.
 * wire/compile-cache.ts keeps it small.
 */
import { enableCompileCache } from "node:module";
import { homedir } from "node:os";
import path from "node:path";

const caches = process.env.XDG_CACHE_HOME ?? path.join(homedir(), ".cache");
enableCompileCache(process.env.NODE_COMPILE_CACHE ?? path.join(caches, "gradbook", "compiled"));
await import("./main.ts");
