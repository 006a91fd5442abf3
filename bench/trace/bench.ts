/** How long is the wait before the first step? Tracing and compiling a training step of 12 layers, in new processes. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { ENGINE_ENVIRONMENT } from "../../lib/engine/environment.ts";
import { median, type Line } from "../report.ts";

const PROCESSES = 5;

interface Start {
  traceMs: number;
  sessionMs: number;
  nodes: number;
}

/** No peer: PyTorch eager has no such wait, torch.compile's is tens of seconds. */
export async function bench(): Promise<Line[]> {
  const file = fileURLToPath(new URL("ours.ts", import.meta.url));
  const env = { ...process.env, ...ENGINE_ENVIRONMENT };
  const starts = Array.from(
    { length: PROCESSES },
    () => JSON.parse(execFileSync(process.execPath, [file], { env, encoding: "utf8" })) as Start,
  );
  const times = starts.map(({ traceMs, sessionMs }) => traceMs + sessionMs);
  const part = (of: (start: Start) => number): number => Math.round(median(starts.map(of)));
  return [
    {
      what: "12 layers, step",
      contestant: "gradbook",
      median: median(times),
      least: Math.min(...times),
      about: {
        nodes: starts[0].nodes,
        "tracing ms": part(({ traceMs }) => traceMs),
        "session ms": part(({ sessionMs }) => sessionMs),
      },
    },
  ];
}
