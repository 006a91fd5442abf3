/** The connection file: the five ports and the key that a kernel and its clients share (mode 0600). */
import { randomBytes, randomInt } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";

export const CHANNELS = ["shell", "iopub", "stdin", "control", "hb"] as const;
export type Channel = (typeof CHANNELS)[number];

export interface ConnectionInfo {
  transport: "tcp" | "ipc";
  ip: string;
  key: string;
  signature_scheme: "hmac-sha256";
  shell_port: number;
  iopub_port: number;
  stdin_port: number;
  control_port: number;
  hb_port: number;
  kernel_name?: string;
}

/** ZeroMQ address of one channel. */
export function channelUrl(info: ConnectionInfo, channel: Channel): string {
  const port = info[`${channel}_port`];
  return info.transport === "ipc" ? `ipc://${info.ip}-${port}` : `tcp://${info.ip}:${port}`;
}

export function readConnectionFile(file: string): ConnectionInfo {
  const info = JSON.parse(readFileSync(file, "utf8")) as ConnectionInfo;
  for (const channel of CHANNELS) {
    if (typeof info[`${channel}_port`] !== "number") {
      throw new Error(`connection file ${file}: expected a number in ${channel}_port`);
    }
  }
  return info;
}

export function writeConnectionFile(file: string, info: ConnectionInfo): void {
  writeFileSync(file, JSON.stringify(info, null, 1), { mode: 0o600 });
}

/**
 * Where kernels listen: below the ports that systems hand out by themselves (from 32768 on Linux, 49152 elsewhere).
 * There, between choosing a port and the kernel's listening on it, any outgoing connection could take it.
 */
const [FIRST_PORT, LAST_PORT] = [20_000, 32_000];
/** Ports that kernels of this process were given; those that start at the same time must not share any. */
const given = new Set<number>();

/** Five free loopback ports and a fresh key. */
export async function newConnection(): Promise<ConnectionInfo> {
  const ports: number[] = [];
  for (let attempt = 0; ports.length < CHANNELS.length; attempt++) {
    const port = attempt < LAST_PORT - FIRST_PORT ? randomInt(FIRST_PORT, LAST_PORT) : 0;
    if (port !== 0 && given.has(port)) continue;
    given.add(port);
    const found = await listen(port);
    if (found !== undefined) ports.push(found);
  }
  // A server that runs for months has used many; those that still are will be found taken.
  if (given.size > (LAST_PORT - FIRST_PORT) / 2) given.clear();
  const [shell_port, iopub_port, stdin_port, control_port, hb_port] = ports;
  return {
    transport: "tcp",
    ip: "127.0.0.1",
    key: randomBytes(32).toString("hex"),
    signature_scheme: "hmac-sha256",
    shell_port,
    iopub_port,
    stdin_port,
    control_port,
    hb_port,
  };
}

/** The port if it can be listened on, any free one for 0; undefined when it is taken. */
function listen(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer().once("error", () => resolve(undefined));
    server.listen(port, "127.0.0.1", () => {
      const { port: free } = server.address() as AddressInfo;
      server.close(() => resolve(free));
    });
  });
}
