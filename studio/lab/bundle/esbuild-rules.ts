/**
 * What esbuild has to be told to bundle JupyterLab, which is made for webpack.
 *
 * Two packages are patched while they are read. A patch that no longer matches stops the build: a silent miss
 * would show only later, as a widget or a formula that does not appear.
 */
import { readFile } from "node:fs/promises";
import type { BuildOptions, OnLoadArgs, Plugin } from "esbuild";
import { fail } from "../../../lib/core/errors.ts";

/** webpack's `~package/file` in style sheets. */
const tildeImports: Plugin = {
  name: "tilde-imports",
  setup(build) {
    build.onResolve({ filter: /^~/ }, ({ path, resolveDir, kind, importer }) =>
      build.resolve(path.slice(1), { resolveDir, kind, importer }),
    );
  },
};

/** An SVG is text when a script imports it (Lab's icons) and a picture when a style sheet does. */
const svgFiles: Plugin = {
  name: "svg-files",
  setup(build) {
    build.onResolve({ filter: /\.svg$/ }, async ({ path, resolveDir, kind, importer, pluginData }) => {
      if (kind === "url-token" || pluginData === "resolving") return undefined;
      const found = await build.resolve(path, { resolveDir, kind, importer, pluginData: "resolving" });
      return { path: found.path, namespace: "svg-text", errors: found.errors };
    });
    build.onLoad({ filter: /.*/, namespace: "svg-text" }, async ({ path }) => ({
      contents: await readFile(path, "utf8"),
      loader: "text",
    }));
    build.onLoad({ filter: /\.svg$/ }, async ({ path }) => ({
      contents: await readFile(path),
      loader: "dataurl",
    }));
  },
};

interface Patch {
  /** Which file. */
  file: RegExp;
  find: RegExp;
  replace: string;
}

const PATCHES: Patch[] = [
  {
    // esbuild's import() of a CommonJS module gives the exports as `default` only.
    file: /mathjax-extension[\\/]lib[\\/]index\.js$/,
    find: /import\('(mathjax-full[^']+)'\)/g,
    replace: "import('$1').then(m => m.default ?? m)",
  },
  {
    // webpack's require.ensure(…) loads the widget classes on demand.
    file: /jupyterlab-manager[\\/]lib[\\/]plugin\.js$/,
    find: /require\.ensure\(\[('[^']+')\],[\s\S]*?\}, \(err\) => \{\s*reject\(err\);\s*\}(?:, '[^']*')?\);/g,
    replace: "import($1).then(resolve, reject);",
  },
];

const patches: Plugin = {
  name: "patches",
  setup(build) {
    for (const patch of PATCHES) {
      build.onLoad({ filter: patch.file }, async ({ path }: OnLoadArgs) => {
        const source = await readFile(path, "utf8");
        const contents = source.replace(patch.find, patch.replace);
        if (contents === source) {
          fail("lab bundle", {
            expected: `${path} to match ${patch.find}`,
            hint: "the package changed; adapt the patch",
          });
        }
        return { contents, loader: "js" };
      });
    }
  },
};

/** Options that every part of the bundle shares. */
export const LAB_BUILD: BuildOptions = {
  bundle: true,
  minify: true,
  logLevel: "silent", // Failures are thrown; the warnings are about other people's packages.
  target: "es2022",
  conditions: ["browser", "style"],
  plugins: [tildeImports, svgFiles, patches],
  loader: {
    ".woff": "file",
    ".woff2": "file",
    ".ttf": "file",
    ".eot": "file",
    ".png": "dataurl",
    ".gif": "dataurl",
    ".txt": "text",
    ".md": "text",
    ".raw": "text",
  },
  // Names of Node that some packages read.
  define: {
    "process.env.NODE_ENV": '"production"',
    "process.env.NODE_DEBUG": "false",
    "process.env": "{}",
    global: "globalThis",
    __dirname: '"/"',
  },
  alias: { path: "path-browserify", process: "process/browser" },
};
