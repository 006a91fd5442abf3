/** The kernels that are compared, as kernelspecs; those that are not installed are left out, with a line. */
import { tslabKernelSpec } from "../../kernels/tslab/kernelspec.ts";
import { builtInKernelSpec, type KernelSpec } from "../../studio/kernels/index.ts";
import { denoBinary, peerPython } from "../peers.ts";

/** What each kernel is asked to do, in its language. */
export interface Contender {
  spec: KernelSpec;
  /** A cell without output but its value, one of many: `number` makes its names new. */
  small: (number: number) => string;
  /** 200 million additions at the top level. */
  loop: string;
  /** Prints `line 0`, `line 1` and so on, one by one. */
  print: (lines: number) => string;
  /** What Stop has to end, by the name of the line; each begins by printing `begun`. */
  endless: Record<"a loop" | "after an await" | "an async loop", string>;
  /** Computes for about two seconds. */
  busy: string;
  complete: string;
  /** Declares the comm target `echo`; missing where the kernel has no comms. */
  echo?: string;
  /** Awaits for two seconds. */
  wait: string;
}

const TYPESCRIPT: Omit<Contender, "spec"> = {
  small: (number) => `let v${number} = ${number}; v${number} + 1`,
  loop: "let sum = 0; for (let i = 0; i < 2e8; i++) sum += i % 7; sum",
  print: (lines) => `for (let i = 0; i < ${lines}; i++) console.log("line", i)`,
  endless: {
    "a loop": 'console.log("begun"); while (true);',
    "after an await": 'await new Promise((r) => setTimeout(r, 1)); console.log("begun"); while (true);',
    "an async loop": 'console.log("begun"); for (;;) await new Promise((r) => setTimeout(r, 1));',
  },
  busy: 'console.log("begun"); { const end = Date.now() + 2000; while (Date.now() < end); }',
  complete: "Math.fl",
  wait: 'console.log("begun"); await new Promise((r) => setTimeout(r, 2000));',
};

const PYTHON: Omit<Contender, "spec"> = {
  small: (number) => `v${number} = ${number}; v${number} + 1`,
  // A twentieth of the others' work: reported as it is, in CPython's favour.
  loop: "total = 0\nfor i in range(10**7): total += i % 7\ntotal",
  print: (lines) => `for i in range(${lines}): print("line", i)`,
  endless: {
    "a loop": 'print("begun", flush=True)\nwhile True: pass',
    "after an await":
      'import asyncio\nawait asyncio.sleep(0.001)\nprint("begun", flush=True)\nwhile True: pass',
    "an async loop": 'import asyncio\nprint("begun", flush=True)\nwhile True: await asyncio.sleep(0.001)',
  },
  busy: 'import time\nprint("begun", flush=True)\nend = time.time() + 2\nwhile time.time() < end: pass',
  complete: "pri",
  echo: `def opened(comm, message):
    comm.on_msg(lambda message: comm.send(message["content"]["data"]))
get_ipython().kernel.comm_manager.register_target("echo", opened)`,
  wait: 'import asyncio\nprint("begun", flush=True)\nawait asyncio.sleep(2)',
};

const spec = (name: string, argv: string[]): KernelSpec => ({
  name,
  displayName: name,
  language: "",
  argv,
  env: {},
  interruptMode: "signal",
  metadata: {},
});

export function contenders(peers: boolean): Contender[] {
  const echo = `globalThis[Symbol.for("gradbook.notebook")].onCommOpen("echo", (comm) => {
    comm.onMessage = ({ data }) => comm.send(data);
  });`;
  const ours = { ...TYPESCRIPT, echo, spec: builtInKernelSpec() };
  if (!peers) return [ours];
  const makers: Record<string, () => Contender> = {
    tslab: () => ({ ...TYPESCRIPT, spec: spec("tslab", tslabKernelSpec().argv) }),
    // The command of its own kernelspec (deno jupyter --install).
    Deno: () => ({
      ...TYPESCRIPT,
      spec: spec("Deno", [denoBinary(), "jupyter", "--kernel", "--conn", "{connection_file}"]),
    }),
    ipykernel: () => ({
      ...PYTHON,
      spec: spec("ipykernel", [peerPython(), "-m", "ipykernel_launcher", "-f", "{connection_file}"]),
    }),
  };
  const found: Contender[] = [ours];
  for (const [name, make] of Object.entries(makers)) {
    try {
      found.push(make());
    } catch (error) {
      console.log(`without ${name}: ${(error as Error).message}`);
    }
  }
  return found;
}
