/**
 * The direction of imports (docs/architecture.md): a folder of lib/ imports only folders of lower layers,
 * lib/ never imports kernels/ or studio/, no file imports its own folder's barrel, and there are no cycles.
 */
import { readFileSync } from "node:fs";
import { globSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import ts from "typescript";

const ROOT = path.resolve(import.meta.dirname, "../..");

/** Lowest first; a folder may import the layers before its own, and itself. */
const LAYERS: readonly (readonly string[])[] = [
  ["lib/core"],
  ["lib/engine", "lib/data", "lib/tokenizers"],
  ["lib/notebook", "lib/nn", "lib/optim", "lib/batches"],
  ["lib/models"],
  ["lib/checkpoint", "lib/generate"],
  ["lib/train", "lib/eval"],
  ["lib/finetune", "lib/rlhf", "lib/rl", "lib/multimodal", "lib/safety", "lib/cost"],
  ["lib/serve", "lib/distributed"],
  ["datasets"],
  ["kernels/protocol"],
  ["kernels/typescript"],
  ["kernels/tslab"],
  ["studio/kernels", "studio/document"],
  ["studio/report"],
  ["studio/server", "studio/lab"],
  ["studio/cli"],
];

/** Imports inside one layer that the text of the architecture allows. */
const ALLOWED_SIDEWAYS = new Set(["studio/document -> studio/kernels", "studio/server -> studio/lab"]);

const layerOf = (folder: string): number => LAYERS.findIndex((layer) => layer.includes(folder));

/** "lib/nn" for lib/nn/linear.ts, "datasets" for datasets/moby-dick.ts. */
function folderOf(file: string): string {
  const [top, second] = file.split("/");
  return top === "datasets" ? top : `${top}/${second}`;
}

const FILES = globSync(["lib/**/*.ts", "datasets/**/*.ts", "kernels/**/*.ts", "studio/**/*.ts"], {
  cwd: ROOT,
})
  .map((file) => file.replaceAll(path.sep, "/"))
  .sort();

/** Specifier → file inside the repository, undefined for packages. */
function resolve(from: string, specifier: string): string | undefined {
  if (specifier.startsWith("gradbook/")) {
    const [, name, rest] = specifier.split("/");
    if (name === "datasets") return rest ? `datasets/${rest}.ts` : "datasets/index.ts";
    return `lib/${name}/index.ts`;
  }
  if (!specifier.startsWith(".")) return undefined;
  return path.posix.join(path.posix.dirname(from), specifier);
}

function importsOf(file: string): string[] {
  const source = readFileSync(path.join(ROOT, file), "utf8");
  return ts
    .preProcessFile(source, true, true)
    .importedFiles.flatMap(({ fileName }) => resolve(file, fileName) ?? []);
}

const GRAPH = new Map(FILES.map((file) => [file, importsOf(file)]));

/** The first import cycle through `file`, as a path. */
function findCycle(): string[] | undefined {
  const done = new Set<string>();
  const stack: string[] = [];
  const visit = (file: string): string[] | undefined => {
    if (stack.includes(file)) return [...stack.slice(stack.indexOf(file)), file];
    if (done.has(file)) return undefined;
    stack.push(file);
    for (const next of GRAPH.get(file) ?? []) {
      const cycle = visit(next);
      if (cycle) return cycle;
    }
    stack.pop();
    done.add(file);
    return undefined;
  };
  for (const file of FILES) {
    const cycle = visit(file);
    if (cycle) return cycle;
  }
  return undefined;
}

describe("the direction of imports", () => {
  it("reads the files of every top-level source folder", () => {
    for (const top of ["lib/", "datasets/", "kernels/", "studio/"]) {
      expect(
        FILES.some((file) => file.startsWith(top)),
        top,
      ).toBe(true);
    }
  });

  it("gives every folder a layer", () => {
    const unknown = [...new Set(FILES.map(folderOf))].filter((folder) => layerOf(folder) < 0);
    expect(unknown).toEqual([]);
  });

  it("points down", () => {
    const wrong: string[] = [];
    for (const [file, targets] of GRAPH) {
      for (const target of targets) {
        const [from, to] = [folderOf(file), folderOf(target)];
        if (from === to || !LAYERS.flat().includes(to)) continue;
        if (layerOf(to) >= layerOf(from) && !ALLOWED_SIDEWAYS.has(`${from} -> ${to}`))
          wrong.push(`${file} -> ${target}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it("keeps lib/ free of kernels/ and studio/", () => {
    const wrong = [...GRAPH].flatMap(([file, targets]) =>
      file.startsWith("lib/")
        ? targets.filter((t) => /^(kernels|studio)\//.test(t)).map((t) => `${file} -> ${t}`)
        : [],
    );
    expect(wrong).toEqual([]);
  });

  it("lets no file import its own folder's barrel", () => {
    const wrong = [...GRAPH].flatMap(([file, targets]) =>
      targets
        .filter((target) => target === path.posix.join(path.posix.dirname(file), "index.ts"))
        .map(() => file),
    );
    expect(wrong).toEqual([]);
  });

  it("has no cycles", () => {
    expect(findCycle()).toBeUndefined();
  });

  it("names only files that exist", () => {
    const missing = [...GRAPH].flatMap(([file, targets]) =>
      targets
        .filter((t) => t.endsWith(".ts") && /^(lib|kernels|studio|datasets)\//.test(t) && !GRAPH.has(t))
        .map((t) => `${file} -> ${t}`),
    );
    expect(missing).toEqual([]);
  });
});
