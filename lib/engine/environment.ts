/**
 * Environment variables that a process computing with the engine should be started with.
 *
 * ONNX Runtime allocates the block for its intermediates anew at each run. glibc serves large blocks by mapping
 * memory and unmaps it on release, so each training step pays for fresh pages again. With these thresholds
 * the memory stays with the process: steps of a 10 M parameter model take a tenth to a third less time. Fewer
 * arenas keep the memory of short-lived threads together. glibc reads them when the process starts; other C libraries ignore them.
 */
export const ENGINE_ENVIRONMENT: Readonly<Record<string, string>> = {
  MALLOC_MMAP_THRESHOLD_: String(4 * 2 ** 30),
  MALLOC_TRIM_THRESHOLD_: String(8 * 2 ** 30),
  MALLOC_ARENA_MAX: "2",
};
