/**
 * The note that a running server leaves in Jupyter's runtime folder, readable by its user only, so that a
 * second start on the same folder finds the first, and `jupyter server list` shows it.
 */
import { readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { jupyterRuntimeDir } from "../kernels/jupyter-paths.ts";

export interface ServerRecord {
  /** Without path and token. */
  url: string;
  port: number;
  root: string;
  token: string;
}

const FILE = /^jpserver-gradbook-\d+\.json$/;
const fileOf = (port: number) => path.join(jupyterRuntimeDir(), `jpserver-gradbook-${port}.json`);
/** How long a server that is said to run may take to answer, in ms. */
const ANSWER_MS = 1_000;

export function recordServer({ url, port, root, token, pid }: ServerRecord & { pid: number }): void {
  const record = {
    url: `${url}/`,
    base_url: "/",
    hostname: "localhost",
    port,
    root_dir: root,
    token,
    pid,
    secure: false,
  };
  writeFileSync(fileOf(port), JSON.stringify(record, null, 1), { mode: 0o600 });
}

export function forgetServer(port: number): void {
  rmSync(fileOf(port), { force: true });
}

/** The server of a folder, if one still answers with its token; notes of dead servers are removed. */
export async function findRunningServer(root: string): Promise<ServerRecord | undefined> {
  const folder = jupyterRuntimeDir();
  for (const name of readdirSync(folder).filter((entry) => FILE.test(entry))) {
    const file = path.join(folder, name);
    const record = readRecord(file);
    if (record && record.root !== root) continue;
    if (record && (await answers(record))) return record;
    rmSync(file, { force: true });
  }
  return undefined;
}

function readRecord(file: string): ServerRecord | undefined {
  try {
    const { url, port, root_dir, token } = JSON.parse(readFileSync(file, "utf8")) as Record<string, never>;
    return { url: String(url).replace(/\/$/, ""), port, root: root_dir, token };
  } catch {
    return undefined; // Gone meanwhile, or half written.
  }
}

async function answers({ url, token }: ServerRecord): Promise<boolean> {
  try {
    const headers = { Authorization: `token ${token}` };
    const response = await fetch(`${url}/api/status`, { headers, signal: AbortSignal.timeout(ANSWER_MS) });
    return response.ok;
  } catch {
    return false;
  }
}
