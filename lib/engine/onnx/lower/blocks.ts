/**
 * Elementwise passes over long flat buffers, in blocks that stay in the cache: a Scan in ONNX.
 *
 * ONNX Runtime runs each elementwise node over its whole input, so ten nodes over millions of elements are ten
 * trips to memory. A Scan runs all of them on one block before the next; its slices of the inputs and outputs
 * are views, not copies.
 */
import { OnnxGraph } from "../model.ts";

/** Blocks of this many elements fit the second-level cache, four buffers and intermediates together. */
const SMALLEST_BLOCK = 32 * 1024;
const LARGEST_BLOCK = 128 * 1024;

/** The largest block length within bounds that divides `size`, or undefined: then one pass does it all. */
export function blockLength(size: number): number | undefined {
  for (let blocks = Math.ceil(size / LARGEST_BLOCK); blocks <= size / SMALLEST_BLOCK; blocks++)
    if (blocks > 1 && size % blocks === 0) return size / blocks;
  return undefined;
}

/** Emits nodes that compute `outputs` from `buffers`, all of one length; other values come by name from outside. */
export type Pass = (graph: OnnxGraph, buffers: string[], outputs: string[]) => void;

/** Emit `pass` over float32 buffers of `size` elements, block by block when they are long. */
export function inBlocks(
  graph: OnnxGraph,
  size: number,
  buffers: string[],
  outputs: string[],
  pass: Pass,
): void {
  const block = blockLength(size);
  if (!block) return pass(graph, buffers, outputs);

  const body = new OnnxGraph(`${outputs[0]}_block`);
  const names = buffers.map(() => body.fresh());
  const results = outputs.map(() => body.fresh());
  for (const name of names) body.input(name, "float32", [block]);
  for (const name of results) body.output(name, "float32", [block]);
  pass(body, names, results);

  const rows = [size / block, block];
  const blocks = buffers.map((input) => graph.reshaped(input, rows));
  const stacked = outputs.map((output) => graph.writtenAs(output, rows));
  graph.emit("Scan", blocks, { num_scan_inputs: buffers.length, body }, stacked);
  outputs.forEach((output, i) => {
    if (stacked[i] !== output) graph.emit("Reshape", [stacked[i], graph.int64([size])], {}, [output]);
  });
}
