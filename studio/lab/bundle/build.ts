/**
 * JupyterLab's packages and our plugins → the files of the page.
 *
 *   static/   lab.js, lab.css and their chunks (loaded on demand: plotly, MathJax, languages, widgets)
 *   themes/   one style sheet per theme
 *   schemas.json   what can be set, per plugin
 *   first.json     chunks without which the page does not start, which its HTML asks for at once
 *
 * What the page begins with lies there compressed too (`.gz`): no browser waits while the server does it.
 */
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { build, type Metafile, type Plugin } from "esbuild";
import { LAB_BUILD } from "./esbuild-rules.ts";
import { extensionsModule, findExtensions } from "./extensions.ts";

/** Builds everything into `folder`. @param root folder with package.json and node_modules */
export async function buildLab(root: string, folder: string): Promise<void> {
  const extensions = findExtensions(root);
  const lab = path.join(root, "studio", "lab");
  const extensionList: Plugin = {
    name: "lab-extensions",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^gradbook:lab-extensions$/ }, ({ path }) => ({
        path,
        namespace: "lab-extensions",
      }));
      onLoad({ filter: /.*/, namespace: "lab-extensions" }, () => ({
        contents: extensionsModule(extensions),
        resolveDir: root,
      }));
    },
  };
  const page = build({
    ...LAB_BUILD,
    plugins: [extensionList, ...LAB_BUILD.plugins!],
    absWorkingDir: root,
    entryPoints: { lab: path.join(lab, "main.ts") },
    outdir: path.join(folder, "static"),
    format: "esm",
    splitting: true,
    chunkNames: "chunks/[name]-[hash]",
    assetNames: "assets/[name]-[hash]",
    metafile: true,
  });
  const themes = Object.entries(extensions.themes).map(([name, style]) =>
    build({
      ...LAB_BUILD,
      absWorkingDir: root,
      entryPoints: { index: style },
      outdir: path.join(folder, "themes", name),
      assetNames: "assets/[name]-[hash]",
    }),
  );
  const [{ metafile }] = await Promise.all([page, ...themes]);
  copyFileSync(path.join(lab, "favicon.svg"), path.join(folder, "static", "favicon.svg"));
  writeFileSync(path.join(folder, "schemas.json"), JSON.stringify({ ...extensions.schemas }));
  const staticFolder = path.join(folder, "static");
  const first = staticImports(metafile, path.relative(root, path.join(staticFolder, "lab.js")))
    .map((file) => path.relative(staticFolder, path.join(root, file)).replaceAll(path.sep, "/"))
    .sort();
  writeFileSync(path.join(folder, "first.json"), JSON.stringify(first));
  await Promise.all(
    ["lab.js", "lab.css", ...first].map(async (name) => {
      const file = path.join(staticFolder, name);
      writeFileSync(`${file}.gz`, await promisify(gzip)(readFileSync(file), { level: 9 }));
    }),
  );
}

/** Files that `entry` imports before it runs, and those that they import; names as the bundler gives them. */
function staticImports({ outputs }: Metafile, entry: string): string[] {
  const found = new Set<string>();
  const visit = (name: string) => {
    for (const { path: imported, kind } of outputs[name.replaceAll(path.sep, "/")].imports) {
      if (kind !== "import-statement" || found.has(imported)) continue;
      found.add(imported);
      visit(imported);
    }
  };
  visit(entry);
  return [...found];
}
