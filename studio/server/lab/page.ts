/** The HTML page of JupyterLab: its configuration as JSON, its style sheet, its script. */
import { escapeHtml, jsonForScript } from "./html.ts";

export interface PageOptions {
  /** Path of the notebook or folder to open, "" for none. */
  treePath: string;
  workspace: string;
  /** "single-document" shows one notebook without side panels. */
  mode: "multiple-document" | "single-document";
  /** Absolute path of the served folder, for display. */
  root: string;
  /** Changes with the bundle, so that browsers never mix two. */
  version: string;
  /** Scripts that the page's script imports: asked for with it, not after it has come. */
  first: string[];
}

/** Lab plugins that are not wanted here. */
const DISABLED = [
  "@jupyterlab/apputils-extension:announcements", // Asks the network for news.
  "@jupyterlab/extensionmanager-extension", // Extensions come with the bundle.
];

export function labPage({ treePath, workspace, mode, root, version, first }: PageOptions): string {
  const config = {
    appName: "gradbook",
    appNamespace: "gradbook",
    appVersion: version,
    baseUrl: "/",
    wsUrl: "",
    appUrl: "/lab",
    treeUrl: "/lab/tree",
    workspacesUrl: "/lab/workspaces",
    fullStaticUrl: "/static/lab",
    settingsUrl: "/lab/api/settings",
    workspacesApiUrl: "/lab/api/workspaces",
    themesUrl: "/lab/api/themes",
    translationsApiUrl: "/lab/api/translations",
    listingsUrl: "/lab/api/listings",
    licensesUrl: "",
    frontendUrl: "/lab",
    notebookVersion: "[2, 14, 0]",
    serverRoot: root,
    rootUri: `file://${root}`,
    preferredPath: "/",
    treePath,
    workspace,
    mode,
    quitButton: true,
    collaborative: false,
    cacheFiles: true,
    store_id: 0,
    hubHost: "",
    exposeAppInBrowser: false,
    terminalsAvailable: false,
    federated_extensions: [],
    disabledExtensions: DISABLED,
    deferredExtensions: [],
  };
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${escapeHtml(treePath.split("/").at(-1) || "gradbook")}</title>
<link rel="icon" href="/static/lab/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/static/lab/lab.css?v=${version}">
<link rel="modulepreload" href="/static/lab/lab.js?v=${version}">
${first.map((file) => `<link rel="modulepreload" href="/static/lab/${file}">`).join("\n")}
<script id="jupyter-config-data" type="application/json">${jsonForScript(config)}</script>
<style>
#starting { position: fixed; inset: 0; display: grid; place-items: center; font: 16px system-ui, sans-serif;
  color: #555; background: #fff }
@media (prefers-color-scheme: dark) { #starting { color: #bbb; background: #111 } }
</style>
</head>
<body>
<div id="starting" role="status">Opening the notebooks …</div>
<noscript>JupyterLab needs JavaScript.</noscript>
<script type="module" src="/static/lab/lab.js?v=${version}"></script>
</body>
</html>`;
}
