#!/usr/bin/env node
/**
 * The `gradbook` command. Plain JavaScript, because it may be started by any Node from 20 on: it hands over to
 * the Node 24 of the `node` package, which runs the TypeScript behind it.
 */
import { spawn } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("main.ts", import.meta.url));

function findNode24() {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve("node/package.json"));
    const binary = join(folder, "bin", process.platform === "win32" ? "node.exe" : "node");
    return existsSync(binary) ? realpathSync(binary) : undefined;
  } catch {
    return undefined;
  }
}

const node24 = findNode24();
if (node24 === undefined && Number(process.versions.node.split(".")[0]) < 24) {
  console.error(
    `gradbook: expected the npm package "node" (Node 24) beside it, got none; run "npm install" in ` +
      `${fileURLToPath(new URL("../..", import.meta.url))} (this is Node ${process.versions.node})`,
  );
  process.exit(1);
}

if (node24 === undefined || realpathSync(process.execPath) === node24) {
  await import(main);
} else {
  const child = spawn(node24, [main, ...process.argv.slice(2)], { stdio: "inherit" });
  // Ctrl+C reaches the child by itself, as part of the terminal's group; this process only has to outlive it.
  process.on("SIGINT", () => {});
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => {
    console.error(`gradbook: ${node24} could not be started: ${error.message}`);
    process.exit(1);
  });
  child.on("exit", (code, signal) => process.exit(signal ? 1 : code));
}
