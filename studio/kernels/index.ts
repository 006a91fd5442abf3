/** Kernels as processes and as partners of a conversation: find, start, talk to, stop. */
export { ChannelSocket } from "./channel-socket.ts";
export {
  jupyterConfigDir,
  jupyterDataPaths,
  jupyterRuntimeDir,
  jupyterUserDataDir,
} from "./jupyter-paths.ts";
export {
  KernelClient,
  type ExecuteOptions,
  type ExecuteReply,
  type KernelMessage,
  type RequestChannel,
  type RequestOptions,
} from "./kernel-client.ts";
export { KernelProcess, type KernelExit, type KernelStartOptions } from "./kernel-process.ts";
export { builtInKernelSpec, findKernelSpecs, type KernelSpec } from "./kernel-spec.ts";
