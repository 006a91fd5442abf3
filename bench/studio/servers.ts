/** The servers that are compared, each as a child process: ours, and JupyterLab from pip. */
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { peerPython } from "../peers.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const TOKEN = "bench";

export interface StudioServer {
  name: string;
  /** Notebook of the folder that its kernel runs. */
  notebook: string;
  origin: string;
  token: string;
  /** Milliseconds from the start of the process until the API answered. */
  startTime: number;
  /** Resident memory of the server process now, in bytes; undefined where the system does not tell. */
  memory(): number | undefined;
  stop(): Promise<void>;
}

/** How to start a server on a folder and port. */
export interface StudioKind {
  name: string;
  notebook: string;
  command: (folder: string, port: number) => string[];
}

export const ours: StudioKind = {
  name: "gradbook",
  notebook: "typescript.ipynb",
  command: (folder, port) => [
    process.execPath,
    path.join(ROOT, "bench", "studio", "serve.ts"),
    folder,
    String(port),
    TOKEN,
  ],
};

/** JupyterLab of the peers' Python; undefined with a line when it is not installed. */
export function pipLab(): StudioKind | undefined {
  const lab = path.join(path.dirname(peerPython()), "jupyter-lab");
  if (!existsSync(lab)) {
    console.log("left out: JupyterLab from pip is not in bench/.peers (npm run bench:peers)");
    return undefined;
  }
  return {
    name: "jupyter lab",
    notebook: "python.ipynb",
    command: (folder, port) => [
      lab,
      "--no-browser",
      "--allow-root",
      `--port=${port}`,
      `--ServerApp.root_dir=${folder}`,
      `--IdentityProvider.token=${TOKEN}`,
      "--LabApp.news_url=None",
    ],
  };
}

export async function startStudio(kind: StudioKind, folder: string): Promise<StudioServer> {
  const port = await freePort();
  const [command, ...args] = kind.command(folder, port);
  const started = performance.now();
  const child = spawn(command, args, { stdio: "ignore" });
  const origin = `http://127.0.0.1:${port}`;
  await untilAnswer(child, `${origin}/api`, kind.name);
  const startTime = performance.now() - started;
  return {
    name: kind.name,
    notebook: kind.notebook,
    origin,
    token: TOKEN,
    startTime,
    memory: () => residentMemory(child.pid!),
    stop: async () => {
      const gone = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await gone;
    },
  };
}

async function untilAnswer(child: ChildProcess, url: string, name: string): Promise<void> {
  while (child.exitCode === null) {
    const isUp = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isUp) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`${name} ended before it answered, with exit code ${child.exitCode}`);
}

function residentMemory(pid: number): number | undefined {
  const file = `/proc/${pid}/status`;
  if (!existsSync(file)) return undefined;
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(file, "utf8"))?.[1]) * 1024;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
