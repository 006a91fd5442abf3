/** `gradbook launch`: one command in several processes that work together. */
import { spawn, type ChildProcess } from "node:child_process";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { defineCommand } from "../command.ts";
import { UsageError } from "../options.ts";

const PROGRAM = fileURLToPath(new URL("../gradbook.js", import.meta.url));

export const launch = defineCommand({
  usage: "launch -n PROCESSES [options] -- COMMAND …",
  summary:
    "Runs a gradbook command in several processes that train one model, each on a share of the batches.",
  details:
    "Rank 0 writes log and checkpoints. 2 processes see the batches that one with --accumulate 2 sees, and learn the\n" +
    "same. mpirun, srun, torchrun and Kubeflow's jobs can start the processes instead: their variables are read.\n\n" +
    "Examples:\n" +
    "  gradbook launch -n 2 -- train book.txt --steps 500\n" +
    "  gradbook launch -n 8 --nodes 2 --node 0 --coordinator 10.0.0.1:29400 -- train book.txt   (on each machine)",
  options: {
    processes: { type: "string", short: "n", value: "COUNT", description: "processes on this machine (2)" },
    nodes: { type: "string", value: "COUNT", description: "machines, each with as many processes (1)" },
    node: { type: "string", value: "NUMBER", description: "which of them this is, from 0 (0)" },
    coordinator: {
      type: "string",
      value: "HOST:PORT",
      description: "where rank 0 listens; needed with several machines (a free port of 127.0.0.1)",
    },
  },
  async run(words, values) {
    if (words.length === 0)
      throw new UsageError("expected a command, as in gradbook launch -n 2 -- train book.txt");
    const [local, nodes] = [count("processes", values.processes ?? "2"), count("nodes", values.nodes ?? "1")];
    const node = values.node === undefined ? 0 : Number(values.node);
    if (!Number.isInteger(node) || node < 0 || node >= nodes)
      throw new UsageError(`--node expects a number from 0 to ${nodes - 1}, got ${values.node}`);
    if (nodes > 1 && !values.coordinator)
      throw new UsageError("several machines need --coordinator HOST:PORT");
    const coordinator = values.coordinator ?? `127.0.0.1:${await freePort()}`;
    const children = Array.from({ length: local }, (_, localRank) =>
      start(words, {
        GRADBOOK_RANK: String(node * local + localRank),
        GRADBOOK_WORLD_SIZE: String(nodes * local),
        GRADBOOK_LOCAL_RANK: String(localRank),
        GRADBOOK_COORDINATOR: coordinator,
        // A GPU for each.
        ...(process.env.CUDA_VISIBLE_DEVICES === undefined && { CUDA_VISIBLE_DEVICES: String(localRank) }),
      }),
    );
    // Ctrl+C reaches the children too, as members of the terminal's group: they save and end.
    process.on("SIGINT", () => undefined);
    process.once("SIGTERM", () => children.forEach((child) => child.kill("SIGTERM")));
    const codes = await Promise.all(children.map((child) => ended(child, children)));
    return codes.find((code) => code !== 0) ?? 0;
  },
});

function start(words: string[], variables: Record<string, string>): ChildProcess {
  const child = spawn(process.execPath, [PROGRAM, ...words], {
    env: { ...process.env, ...variables },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const rank = variables.GRADBOOK_RANK;
  for (const [from, to] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ] as const)
    // prettier-ignore
    createInterface({ input: from }).on("line", (line) => to.write(`[${rank}] ${line}\n`));
  return child;
}

/** Its exit code. When one fails the others would wait for it: they are ended. */
async function ended(child: ChildProcess, all: readonly ChildProcess[]): Promise<number> {
  const code = await new Promise<number>((resolve) => child.once("close", (exit) => resolve(exit ?? 1)));
  if (code !== 0) for (const other of all) if (other.exitCode === null) other.kill("SIGTERM");
  return code;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function count(name: string, word: string): number {
  const value = Number(word);
  if (!Number.isInteger(value) || value < 1)
    throw new UsageError(`--${name} expects a whole number from 1, got ${word}`);
  return value;
}
