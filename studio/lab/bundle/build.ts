/**
 * JupyterLab's packages and our plugins → the files of the page.
 *
 *   static/   lab.js, lab.css and their chunks (loaded on demand: plotly, MathJax, languages, widgets)
 *   themes/   one style sheet per theme
 *   schemas.json   what can be set, per plugin
 */
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { build, type Plugin } from "esbuild";
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
  await Promise.all([page, ...themes]);
  mkdirSync(folder, { recursive: true });
  copyFileSync(path.join(lab, "favicon.svg"), path.join(folder, "static", "favicon.svg"));
  writeFileSync(path.join(folder, "schemas.json"), JSON.stringify({ ...extensions.schemas }));
}
