/** The Jupyter server of gradbook: notebooks, kernels and the page of JupyterLab, on one local address. */
export { startServer, type RunningServer, type ServerOptions } from "./server.ts";
