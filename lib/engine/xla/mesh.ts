/**
 * Several devices of one process: each works on a part of the batch, and XLA's partitioner (Shardy) adds what they have
 * to tell each other. Where an array lies never changes what is computed.
 *
 * Sharded parameters are ZeRO's third stage (arXiv 1910.02054): each device keeps a part of the parameters and moments,
 * and gets the others when it needs them.
 */
import { fail } from "../../core/errors.ts";
import { sizeOf, type Shape } from "../graph/value.ts";

export interface Mesh {
  /** Devices that share each batch. */
  data: number;
  /** Cut parameters and moments among them as well. */
  shardParameters?: boolean;
}

/** Arrays below this size are kept whole. */
const CUT_FROM = 1024;

const divides = ({ data }: Mesh, shape: Shape): boolean => data > 1 && shape.length > 0 && shape[0] % data === 0; // prettier-ignore

/** Is an argument of a function cut along its first axis? */
export const cutsBatch = (mesh: Mesh, shape: Shape): boolean => divides(mesh, shape);
/** Is a variable, or anything else that stays, cut along its first axis? */
export const cutsState = (mesh: Mesh, shape: Shape): boolean =>
  mesh.shardParameters === true && sizeOf(shape) >= CUT_FROM && divides(mesh, shape);

/** @throws GradbookError when it is not a whole number of devices */
export function checkMesh(mesh: Mesh): Mesh {
  if (!Number.isInteger(mesh.data) || mesh.data < 1)
    fail("XLA mesh", { expected: "data: a number of devices, at least 1", got: mesh.data });
  return mesh;
}

/** `GRADBOOK_MESH`: "data=2", or "data=2,shardParameters". */
export function meshFromText(text: string): Mesh {
  const [, data, shard] = /^data=(\d+)(,shardParameters)?$/.exec(text) ?? [];
  if (data === undefined) fail("GRADBOOK_MESH", { expected: "data=2 or data=2,shardParameters", got: text });
  return checkMesh({ data: Number(data), shardParameters: shard !== undefined });
}
