/** The shape of an eager rule: one graph operation, computed at once by tfjs operations of the current backend. */
import type { Node } from "../graph/value.ts";
import type { tf } from "../tf.ts";

/** Compute `node`'s outputs from the tensors of its inputs. */
export type EagerRule = (node: Node, inputs: tf.Tensor[]) => tf.Tensor | tf.Tensor[];
export type EagerRules = Readonly<Record<string, EagerRule>>;

/** An attribute, of the type that its operation gives it. */
export const attribute = <T>(node: Node, name: string): T => node.attributes[name] as T;
