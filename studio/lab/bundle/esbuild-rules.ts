/**
 * What esbuild has to be told to bundle JupyterLab, which is made for webpack.
 *
 * Some packages are patched while they are read. A patch that no longer matches stops the build: a silent miss
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
    // A font as SVG is the last of several formats, for browsers of long ago: inlined it made the style sheet
    // five times as large (2.2 MB) and nobody would draw with it.
    build.onLoad({ filter: /[\\/]webfonts[\\/].*\.svg$/ }, async ({ path }) => ({
      contents: await readFile(path),
      loader: "file",
    }));
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
  {
    // The address is followed (the notebook opened) only after the layout has been saved, which a debouncer puts
    // off by half a second, and further at each change. Nothing in the address needs that file.
    file: /apputils-extension[\\/]lib[\\/]index\.js$/,
    find: /(\/\/ After the state database has finished loading, save it\.\s+)await save\.invoke\(\);/,
    replace: "$1void save.invoke();",
  },
  {
    // Each plugin's schema is compiled at every start, where tidying the generated code costs a third of the time.
    file: /settingregistry[\\/]lib[\\/]settingregistry\.js$/,
    find: /const AJV_DEFAULT_OPTIONS = \{/,
    replace: "$& code: { optimize: false },",
  },
  {
    // It is compiled twice, to check the user's settings and to add the defaults. Without settings of the user
    // the second, which checks as well, is enough.
    file: /settingregistry[\\/]lib[\\/]settingregistry\.js$/,
    find: /const validate = this\._validator\.getSchema\(plugin\.id\);/,
    replace:
      "const validate = plugin.raw.trim() === '{}' ? () => true : this._validator.getSchema(plugin.id);",
  },
];

const patches: Plugin = {
  name: "patches",
  setup(build) {
    for (const { file } of PATCHES) {
      build.onLoad({ filter: file }, async ({ path }: OnLoadArgs) => {
        let contents = await readFile(path, "utf8");
        for (const { find, replace } of PATCHES.filter((patch) => patch.file.test(path))) {
          const patched = contents.replace(find, replace);
          if (patched === contents) {
            fail("lab bundle", {
              expected: `${path} to match ${find}`,
              hint: "the package changed; adapt the patch",
            });
          }
          contents = patched;
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
