/** The list of JupyterLab's extensions, written by bundle/extensions.ts while the page is bundled. */
declare module "gradbook:lab-extensions" {
  export const pluginModules: object[];
  export const mimeModules: object[];
}

/** Style sheets go into the page. */
declare module "*.css";
