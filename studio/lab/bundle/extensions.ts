/**
 * Which JupyterLab extensions go into the bundle, read from the packages themselves.
 *
 * Each extension package says in its package.json where its plugins, mime renderers, styles, setting schemas
 * and themes are (`jupyterlab: {extension, mimeExtension, schemaDir, themePath}`).
 */
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";

/** Installed but left out. */
const LEFT_OUT = new Set([
  "@jupyterlab/terminal-extension", // The server offers no terminals.
  "@jupyterlab/pluginmanager-extension", // Plugins come with the bundle.
]);

/** Plugin id → its schema and the version of its package. */
export type SettingSchemas = Record<string, { schema: Record<string, unknown>; version: string }>;

export interface Extensions {
  /** Module specifiers of plugin lists. */
  plugins: string[];
  /** Module specifiers of mime renderers. */
  mimeRenderers: string[];
  styles: string[];
  schemas: SettingSchemas;
  /** Package → its theme's style sheet, absolute. */
  themes: Record<string, string>;
}

interface LabPackage {
  version: string;
  style?: string;
  styleModule?: string;
  jupyterlab?: {
    extension?: true | string;
    mimeExtension?: true | string;
    schemaDir?: string;
    themePath?: string;
  };
}

/** @param root folder with package.json and node_modules */
export function findExtensions(root: string): Extensions {
  const { dependencies } = readJson(path.join(root, "package.json")) as {
    dependencies: Record<string, string>;
  };
  const names = Object.keys(dependencies).filter(
    (name) =>
      /^@jupyterlab\/.*-extension$|^@jupyter-widgets\/jupyterlab-manager$/.test(name) && !LEFT_OUT.has(name),
  );
  const found: Extensions = { plugins: [], mimeRenderers: [], styles: [], schemas: {}, themes: {} };
  for (const name of names) addExtension(found, name, path.join(root, "node_modules", name));
  return found;
}

function addExtension(found: Extensions, name: string, folder: string): void {
  const json = readJson(path.join(folder, "package.json")) as LabPackage;
  const lab = json.jupyterlab ?? {};
  const specifier = (entry: true | string) => (entry === true ? name : `${name}/${entry}`);
  if (lab.extension) found.plugins.push(specifier(lab.extension));
  if (lab.mimeExtension) found.mimeRenderers.push(specifier(lab.mimeExtension));
  if (lab.themePath) {
    // A theme's style is loaded when the user chooses it, not with the page.
    found.themes[name] = path.join(folder, "style", "theme.css");
  } else {
    const style = json.styleModule ?? json.style;
    if (style) found.styles.push(`${name}/${style}`);
  }
  if (lab.schemaDir) {
    for (const file of readdirSync(path.join(folder, lab.schemaDir)).filter((entry) =>
      entry.endsWith(".json"),
    )) {
      const schema = readJson(path.join(folder, lab.schemaDir, file)) as Record<string, unknown>;
      found.schemas[`${name}:${path.basename(file, ".json")}`] = { schema, version: json.version };
    }
  }
}

/** The source of the module that main.ts imports as `gradbook:lab-extensions`. */
export function extensionsModule({ plugins, mimeRenderers, styles }: Extensions): string {
  const all = [...plugins, ...mimeRenderers];
  const list = (specifiers: string[]) =>
    specifiers.map((specifier) => `m${all.indexOf(specifier)}`).join(", ");
  return [
    ...styles.map((style) => `import ${JSON.stringify(style)};`),
    ...all.map((specifier, i) => `import * as m${i} from ${JSON.stringify(specifier)};`),
    `export const pluginModules = [${list(plugins)}];`,
    `export const mimeModules = [${list(mimeRenderers)}];`,
  ].join("\n");
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, "utf8"));
}
