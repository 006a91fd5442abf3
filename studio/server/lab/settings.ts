/**
 * `/lab/api/settings`: what each Lab plugin can be set to (schemas, from the bundle), our defaults, and what
 * the user set.
 *
 * The user's settings live where Jupyter keeps them, so Lab from pip and ours share them.
 */
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import type { SettingSchemas } from "../../lab/bundle/extensions.ts";
import { jsonBody } from "../request.ts";

/** Settings that differ from JupyterLab's own defaults: plugin id → property → value. */
const OUR_DEFAULTS: Record<string, Record<string, unknown>> = {
  // Widgets (sliders, live charts) are saved with the notebook, so that reports can show them.
  "@jupyter-widgets/jupyterlab-manager:plugin": { saveState: true },
  "@jupyterlab/apputils-extension:themes": {
    "adaptive-theme": true,
    "preferred-light-theme": "JupyterLab Light",
    "preferred-dark-theme": "JupyterLab Dark",
  },
  "@jupyterlab/apputils-extension:notification": { fetchNews: "false", checkForUpdates: false },
  "@jupyterlab/docmanager-extension:plugin": { autosaveInterval: 30 },
  "@jupyterlab/notebook-extension:tracker": {
    windowingMode: "defer",
    codeCellConfig: { lineNumbers: false, autoClosingBrackets: true },
  },
};

interface Setting {
  id: string;
  /** The user's settings as text: JSON with comments. */
  raw: string;
  schema: Record<string, unknown>;
  version: string;
  /** `raw` parsed is the front end's work. */
  settings: Record<string, never>;
  created: string | null;
  last_modified: string | null;
  warning: null;
}

export function settingsRoutes(schemas: SettingSchemas, configDir: string): Hono {
  const routes = new Hono();
  const folder = path.join(configDir, "lab", "user-settings");
  routes.get("/lab/api/settings", (c) => {
    const settings = Object.keys(schemas).map((id) => readSetting(schemas, folder, id));
    // `ids_only` is how Lab first asks which plugins have settings at all.
    return c.json({
      settings: c.req.query("ids_only") === "true" ? settings.map(({ id }) => ({ id })) : settings,
    });
  });
  routes.get("/lab/api/settings/:id{.+}", (c) => c.json(readSetting(schemas, folder, c.req.param("id"))));
  routes.put("/lab/api/settings/:id{.+}", async (c) => {
    const id = c.req.param("id");
    requireSchema(schemas, id);
    const { raw } = await jsonBody<{ raw: string }>(c);
    const file = userFile(folder, id);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, raw);
    return c.body(null, 204);
  });
  return routes;
}

function readSetting(schemas: SettingSchemas, folder: string, id: string): Setting {
  const { schema, version } = requireSchema(schemas, id);
  const file = userFile(folder, id);
  const stats = statSync(file, { throwIfNoEntry: false });
  return {
    id,
    raw: stats ? readFileSync(file, "utf8") : "{}",
    schema: withOurDefaults(schema, OUR_DEFAULTS[id] ?? {}),
    version,
    settings: {},
    created: stats?.birthtime.toISOString() ?? null,
    last_modified: stats?.mtime.toISOString() ?? null,
    warning: null,
  };
}

function withOurDefaults(schema: Record<string, unknown>, defaults: Record<string, unknown>) {
  const properties = { ...(schema.properties as Record<string, object>) };
  for (const [name, value] of Object.entries(defaults)) {
    properties[name] = { ...properties[name], default: value };
  }
  return { ...schema, properties };
}

/** Only ids that the bundle knows: the id becomes a file name. */
function requireSchema(schemas: SettingSchemas, id: string): SettingSchemas[string] {
  if (!Object.hasOwn(schemas, id)) throw new HTTPException(404, { message: `no settings "${id}"` });
  return schemas[id];
}

function userFile(folder: string, id: string): string {
  const [packageName, plugin] = id.split(":");
  return path.join(folder, packageName, `${plugin}.jupyterlab-settings`);
}
