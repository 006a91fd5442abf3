/**
 * What `gradbook doctor` finds out, one function per question. Each really does the thing: a kernel is started,
 * matrices are multiplied, a port is opened.
 */
import { execFile } from "node:child_process";
import { statfs } from "node:fs/promises";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { availableParallelism, freemem, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { findTensorflow } from "../../lib/engine/tensorflow/locate.ts";
import { findPlugins } from "../../lib/engine/xla/pjrt/discover.ts";
import { formatBytes } from "../../lib/core/progress.ts";
import { executeNotebook, codeCell, newNotebook } from "../document/index.ts";
import { builtInKernelSpec, findKernelSpecs, KernelClient, KernelProcess } from "../kernels/index.ts";
import { findBrowser } from "../report/index.ts";

export interface Finding {
  name: string;
  /** `failed`: gradbook does not work without it. `absent`: something optional is missing. */
  state: "ok" | "absent" | "failed";
  detail: string;
  /** The one thing to do about it. */
  fix?: string;
}

const run = promisify(execFile);
const root = new URL("../..", import.meta.url);
const GiB = 2 ** 30;

async function checkNode(): Promise<Finding> {
  const major = Number(process.versions.node.split(".")[0]);
  const detail = `${process.versions.node}  ${process.execPath}`;
  if (major >= 24) return { name: "Node", state: "ok", detail };
  return { name: "Node", state: "failed", detail, fix: "npm install (brings Node 24 as a package)" };
}

/** Native packages are the ones that can be installed and yet not load. */
async function checkPackages(): Promise<Finding> {
  const name = "npm packages";
  const needed = [
    "zeromq",
    "onnxruntime-node",
    "@tensorflow/tfjs-core",
    "typescript",
    "esbuild",
    "@jupyterlab/application",
  ];
  const { resolve } = createRequire(import.meta.url);
  const missing = needed.filter((id) => {
    try {
      resolve(`${id}/package.json`);
      return false;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === "MODULE_NOT_FOUND";
    }
  });
  if (missing.length > 0)
    return { name, state: "failed", detail: `missing: ${missing.join(", ")}`, fix: "npm install" };
  for (const id of ["zeromq", "onnxruntime-node"]) {
    try {
      await import(id);
    } catch (error) {
      return {
        name,
        state: "failed",
        detail: `${id} does not load: ${firstLine(error)}`,
        fix: `npm rebuild ${id}`,
      };
    }
  }
  return { name, state: "ok", detail: "all there, the native ones load" };
}

/** Runs in the kernel; prints one line of JSON. */
const ENGINE_PROBE = `
import { compile, tf, threads } from "gradbook/engine";
const size = 512;
const multiply = compile((a, b) => tf.matMul(a, b));
const [ones, twos] = [tf.ones([size, size]), tf.fill([size, size], 2)];
const right = multiply(ones, twos).dataSync().every((value) => value === 2 * size);
const started = performance.now();
for (let round = 0; round < 20; round++) multiply(ones, twos).dataSync();
const seconds = (performance.now() - started) / 1000;
console.log(JSON.stringify({ right, threads: threads(), gflops: (20 * 2 * size ** 3) / seconds / 1e9 }));
`;

/** One kernel answers two questions: does it start, and does the engine compute in it. */
async function checkKernelAndEngine(): Promise<Finding[]> {
  const started = performance.now();
  const kernel = await KernelProcess.start(builtInKernelSpec(), {
    cwd: root.pathname,
    env: { GRADBOOK_TYPES: "off", GRADBOOK_HISTORY: ":memory:" },
  }).catch((error: Error) => error);
  if (kernel instanceof Error) {
    return [{ name: "kernel", state: "failed", detail: firstLine(kernel), fix: "npm install" }];
  }
  const client = new KernelClient(kernel.connection, kernel);
  try {
    await client.ready(30_000);
    const time = Math.round(performance.now() - started);
    const found: Finding = {
      name: "kernel",
      state: "ok",
      detail: `TypeScript kernel answers after ${time} ms`,
    };
    return [found, await probeEngine(client)];
  } catch (error) {
    const detail = [firstLine(error), ...kernel.lastLines.slice(-3)].join(" | ");
    return [{ name: "kernel", state: "failed", detail, fix: "npm rebuild zeromq" }];
  } finally {
    client.close();
    await kernel.shutdown();
  }
}

async function probeEngine(client: KernelClient): Promise<Finding> {
  const cell = codeCell(ENGINE_PROBE);
  const { failure } = await executeNotebook(newNotebook([cell]), client, { timeout: 60 });
  const fix = "npm rebuild onnxruntime-node";
  if (failure) return { name: "engine", state: "failed", detail: `${failure.ename}: ${failure.evalue}`, fix };
  const [output] = cell.outputs;
  const { right, threads, gflops } = JSON.parse(output.output_type === "stream" ? output.text : "{}");
  if (!right) return { name: "engine", state: "failed", detail: "a matrix product came out wrong", fix };
  const detail = `multiplies matrices at ${Math.round(gflops)} GFLOP/s, ${threads} threads`;
  return { name: "engine", state: "ok", detail };
}

/** Optional; loaded in a process of its own, which a broken library may end. */
async function checkTensorflow(): Promise<Finding> {
  const name = "TensorFlow";
  const fix = "gradbook engine install tensorflow (--gpu for an NVIDIA GPU)";
  const found = findTensorflow();
  if (!found) return { name, state: "absent", detail: "not installed (not needed)", fix };
  try {
    const probe = fileURLToPath(new URL("lib/engine/tensorflow/verify.ts", root));
    const { stdout } = await run(process.execPath, [probe], { timeout: 60_000 });
    return { name, state: "ok", detail: stdout.trim(), fix: "GRADBOOK_ENGINE=tensorflow computes with it" };
  } catch (error) {
    return { name, state: "absent", detail: `${found.folder}: ${firstLine(error)}`, fix };
  }
}

/** Optional, as TensorFlow; every operation is tried. */
async function checkXla(): Promise<Finding> {
  const name = "XLA";
  const fix = "gradbook engine install xla (--cuda12, --rocm, --tpu, --cpu for another device)";
  const [found] = findPlugins();
  if (!found) return { name, state: "absent", detail: "not installed (not needed)", fix };
  try {
    const probe = fileURLToPath(new URL("lib/engine/xla/verify.ts", root));
    const { stdout } = await run(process.execPath, [probe], { timeout: 120_000 });
    return { name, state: "ok", detail: stdout.trim(), fix: "GRADBOOK_ENGINE=xla computes with it" };
  } catch (error) {
    return { name, state: "absent", detail: `${found}: ${firstLine(error)}`, fix };
  }
}

async function checkProcessor(): Promise<Finding> {
  return { name: "processor", state: "ok", detail: `${availableParallelism()} threads, ${process.arch}` };
}

async function checkMemory(): Promise<Finding> {
  const limit = process.constrainedMemory();
  const total = limit > 0 && limit < totalmem() ? limit : totalmem();
  const free = Math.min(freemem(), total);
  const detail = `${formatBytes(total)}, ${formatBytes(free)} free`;
  if (total >= 4 * GiB) return { name: "memory", state: "ok", detail };
  return {
    name: "memory",
    state: "absent",
    detail,
    fix: 'train the "nano" and "tiny" sizes; larger ones need 4 GiB',
  };
}

async function checkDisk(): Promise<Finding> {
  const { bavail, bsize } = await statfs(root);
  const free = bavail * bsize;
  const detail = `${formatBytes(free)} free`;
  if (free >= 2 * GiB) return { name: "disk", state: "ok", detail };
  return { name: "disk", state: "absent", detail, fix: "free some space: checkpoints and caches need 2 GiB" };
}

async function checkPort(): Promise<Finding> {
  const port = 8888;
  const problem = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
    const server = createServer().once("error", resolve);
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(undefined)));
  });
  const name = `port ${port}`;
  if (!problem) return { name, state: "ok", detail: "free" };
  const detail =
    problem.code === "EADDRINUSE" ? "in use; gradbook lab takes the next free one" : problem.message;
  return { name, state: problem.code === "EADDRINUSE" ? "ok" : "failed", detail };
}

async function checkBrowser(): Promise<Finding> {
  const name = "browser";
  const fix = "install Chromium, Chrome or Edge, or set CHROME_PATH to one";
  const path = findBrowser();
  if (!path)
    return { name, state: "absent", detail: "none found; PDF reports become HTML that prints itself", fix };
  try {
    const { stdout } = await run(path, ["--version"], { timeout: 10_000 });
    return { name, state: "ok", detail: `${stdout.trim()}  ${path}` };
  } catch (error) {
    return { name, state: "absent", detail: `${path} does not start: ${firstLine(error)}`, fix };
  }
}

/** The engine computes on the processor; a GPU is named so that nobody waits for it to be used. */
async function checkGpu(): Promise<Finding> {
  const name = "GPU";
  try {
    const { stdout } = await run("nvidia-smi", ["-L"], { timeout: 10_000 });
    return {
      name,
      state: "ok",
      detail: `${firstLine(stdout)}; used by GRADBOOK_ENGINE=xla`,
    };
  } catch {
    return { name, state: "absent", detail: "none found (not needed)" };
  }
}

async function checkOtherKernels(): Promise<Finding> {
  const problems: string[] = [];
  const others = findKernelSpecs((problem) => problems.push(problem)).filter(
    ({ name }) => name !== "gradbook",
  );
  const detail =
    others.length > 0 ? others.map(({ displayName }) => displayName).join(", ") : "none (not needed)";
  return { name: "other kernels", state: "ok", detail, ...(problems[0] && { fix: problems[0] }) };
}

/** Not needed; named so that nobody wonders. */
async function checkPython(): Promise<Finding> {
  const name = "Python";
  for (const command of ["python3", "python"]) {
    try {
      const { stdout, stderr } = await run(command, ["--version"], { timeout: 10_000 });
      return { name, state: "ok", detail: `${(stdout || stderr).trim()} (not needed)` };
    } catch {
      // Try the next name.
    }
  }
  return {
    name,
    state: "absent",
    detail: "none (not needed; Python tools can only be compared with when it is there)",
  };
}

async function checkJupyter(): Promise<Finding> {
  const name = "Jupyter";
  try {
    const { stdout } = await run("jupyter", ["--version"], { timeout: 20_000 });
    const version =
      /jupyterlab\s*:\s*(\S+)/.exec(stdout)?.[1] ?? /jupyter_core\s*:\s*(\S+)/.exec(stdout)?.[1];
    const detail = `${version ?? "found"} (not needed)`;
    return { name, state: "ok", detail, fix: "gradbook kernel install adds our kernel to it" };
  } catch {
    return { name, state: "absent", detail: "none (not needed: gradbook lab is JupyterLab without Python)" };
  }
}

function firstLine(error: unknown): string {
  return String((error as Error)?.message ?? error).split("\n")[0];
}

/** All checks by the question they answer, the needed ones first. */
export const CHECKS: Record<string, () => Promise<Finding | Finding[]>> = {
  Node: checkNode,
  "npm packages": checkPackages,
  "kernel and engine": checkKernelAndEngine,
  TensorFlow: checkTensorflow,
  XLA: checkXla,
  processor: checkProcessor,
  memory: checkMemory,
  disk: checkDisk,
  port: checkPort,
  browser: checkBrowser,
  GPU: checkGpu,
  "other kernels": checkOtherKernels,
  Python: checkPython,
  Jupyter: checkJupyter,
};
