/** What the engine is and what it can use on this machine, for `gradbook doctor` and bug reports. */
import { createRequire } from "node:module";
import { arch, availableParallelism, cpus, freemem, platform, totalmem } from "node:os";
import { readFileSync } from "node:fs";
import type { DeviceFacts } from "./graph/program.ts";
import { deviceFacts, loweringName } from "./lowering.ts";
import { backend } from "./record/backend.ts";
import { fallbackKernels } from "./record/register.ts";
import { engineStats, type EngineStats } from "./stats.ts";
import { tf } from "./tf.ts";
import { threads } from "./threads.ts";

export interface EngineReport {
  /** The tfjs backend in use and what computes under it. */
  engine: string;
  /** Versions of the parts. */
  versions: { tfjs: string; onnxruntime: string };
  platform: string;
  processor: string;
  /** Widest vector instructions the processor has, as far as the system tells. */
  simd: string;
  /** Threads used for one operation, of how many CPUs. */
  threads: number;
  cpus: number;
  /** Bytes. */
  memory: { total: number; free: number; tensors: number; resident: number };
  /** Kernels that are compiled, and those that run on tfjs's CPU backend. */
  kernels: { compiled: number; fallback: number };
  /** The devices in use, where they are not the processor. */
  devices?: DeviceFacts;
  /** Live data ids of the backend. */
  dataIds: number;
  stats: EngineStats;
}

const require = createRequire(import.meta.url);

/** Read from the CPU's flags, which only Linux shows without help. */
function simdLevel(): string {
  if (arch() === "arm64") return "NEON";
  try {
    const flags = /^flags\s*:(.*)$/m.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[1].split(" ") ?? [];
    const known = { avx512f: "AVX-512", avx2: "AVX2", avx: "AVX", sse4_2: "SSE4.2" };
    return Object.entries(known).find(([flag]) => flags.includes(flag))?.[1] ?? "unknown";
  } catch {
    return "unknown";
  }
}

/** Facts about the engine as it runs now. */
export function engineReport(): EngineReport {
  const registered = tf.getKernelsForBackend("graph").length;
  return {
    engine: engineName(),
    versions: {
      tfjs: tf.version_core,
      onnxruntime: require("onnxruntime-node/package.json").version as string,
    },
    platform: `${platform()} ${arch()}`,
    processor: cpus()[0]?.model.trim() ?? "unknown",
    simd: simdLevel(),
    threads: threads(),
    cpus: availableParallelism(),
    memory: {
      total: totalmem(),
      free: freemem(),
      tensors: tf.memory().numBytes,
      resident: process.memoryUsage().rss,
    },
    kernels: { compiled: registered - fallbackKernels.size, fallback: fallbackKernels.size },
    devices: deviceFacts(),
    dataIds: backend.numDataIds(),
    stats: { ...engineStats, fallbacks: { ...engineStats.fallbacks } },
  };
}

/** The engine in use: `"graph/onnx"`, `"graph/xla"`, or the name of another tfjs backend that was set. */
export function engineName(): string {
  const name = tf.getBackend();
  return name === "graph" ? `graph/${loweringName()}` : name;
}
