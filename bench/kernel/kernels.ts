/** The kernels that are compared, as kernelspecs; those that are not installed are left out, with a line. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { tslabKernelSpec } from "../../kernels/tslab/kernelspec.ts";
import { builtInKernelSpec, type KernelSpec } from "../../studio/kernels/index.ts";
import { peerPython } from "../peers.ts";

/** What each kernel is asked to do, in its language. */
export interface Contender {
  spec: KernelSpec;
  trivial: string;
  /** 200 million additions at the top level. */
  loop: string;
  /** Lines printed one by one. */
  print: (lines: number) => string;
  complete: string;
}

const TYPESCRIPT = {
  trivial: "1 + 1",
  loop: "let sum = 0; for (let i = 0; i < 2e8; i++) sum += i % 7; sum",
  print: (lines: number) => `for (let i = 0; i < ${lines}; i++) console.log("line", i)`,
  complete: "Math.fl",
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
  const ours = { ...TYPESCRIPT, spec: builtInKernelSpec() };
  if (!peers) return [ours];
  const deno = fileURLToPath(new URL("../.peers/node_modules/deno/deno", import.meta.url));
  const makers: Record<string, () => Contender> = {
    tslab: () => ({
      ...TYPESCRIPT,
      spec: spec("tslab", tslabKernelSpec().argv),
      // At the top level tslab takes more than a minute, so it gets a function, unlike the others.
      loop: "(() => { let sum = 0; for (let i = 0; i < 2e8; i++) sum += i % 7; return sum })()",
    }),
    Deno: () => {
      if (!existsSync(deno)) throw new Error("npm install --no-save --prefix bench/.peers deno");
      return {
        ...TYPESCRIPT,
        spec: spec("Deno", [deno, "jupyter", "--kernel", "--conn", "{connection_file}"]),
      };
    },
    ipykernel: () => ({
      spec: spec("ipykernel", [peerPython(), "-m", "ipykernel_launcher", "-f", "{connection_file}"]),
      trivial: "1 + 1",
      // A twentieth of the others' work: reported as it is, in CPython's favour.
      loop: "total = 0\nfor i in range(10**7): total += i % 7\ntotal",
      print: (lines: number) => `for i in range(${lines}): print("line", i)`,
      complete: "pri",
    }),
  };
  const found = [ours];
  for (const [name, make] of Object.entries(makers)) {
    try {
      found.push(make());
    } catch (error) {
      console.log(`without ${name}: ${(error as Error).message}`);
    }
  }
  return found;
}
