/**
 * Agents on disk: one safetensors file with every array of the agent's state under its path (`weights.policy.first.weight`,
 * `optimizer.moments.exp_avg.decay`), and the rest of the state, with the settings, as JSON in the header.
 *
 * The file is replaced in one atomic step, so a kill at any instant leaves the old one or the new one.
 */
import { mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { decodeSafetensors, encodeSafetensors } from "../../checkpoint/index.ts";
import { writeAtomic } from "../../checkpoint/atomic-file.ts";
import { fail, shown } from "../../core/errors.ts";

/** What can be kept: PPO, Reinforce, DQN, QLearning, SelfPlay. */
export interface SavedAgent {
  readonly kind: string;
  readonly settings: object;
  state(): object;
  restore(state: never): void;
}

const FORMAT = "gradbook.agent.1";
/** Marks in the JSON the place of an array, by its name in the file. */
const ARRAY = "$array";

/**
 * Writes the agent's whole state.
 * @param path of the file; its folder is made if missing
 */
export function saveAgent(path: string, agent: SavedAgent): void {
  const arrays = new Map<string, { shape: number[]; data: Float32Array }>();
  const skeleton = takeArrays(agent.state(), "", arrays);
  const state = JSON.stringify(skeleton);
  const settings = JSON.stringify(agent.settings);
  mkdirSync(dirname(path), { recursive: true });
  writeAtomic(path, encodeSafetensors(arrays, { format: FORMAT, kind: agent.kind, settings, state }));
}

/**
 * Puts a saved state into an agent made with the same settings, which then goes on with the same bits.
 * @throws GradbookError when the file is missing, damaged, or of another agent; the agent is unchanged then
 */
export function loadAgent<A extends SavedAgent>(path: string, agent: A): A {
  const { tensors, metadata } = decodeSafetensors(readWhole(path), path);
  const { format, kind, settings, state } = metadata;
  if (format !== FORMAT)
    fail(path, { expected: "a file that saveAgent has written", got: `format ${shown(format)}` });
  const own = JSON.stringify(agent.settings);
  if (kind !== agent.kind || settings !== own)
    fail("loadAgent", {
      expected: `${agent.kind} ${own}`,
      got: `${kind} ${settings} in ${path}`,
      hint: "make the agent with the settings it was saved with",
    });
  agent.restore(putArrays(JSON.parse(state), tensors) as never);
  return agent;
}

function readWhole(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    fail("loadAgent", { expected: `a saved agent at ${path}`, got: (cause as Error).message, cause });
  }
}

function takeArrays(
  node: unknown,
  path: string,
  arrays: Map<string, { shape: number[]; data: Float32Array }>,
): unknown {
  if (node instanceof Float32Array) {
    arrays.set(path, { shape: [node.length], data: node });
    return { [ARRAY]: path };
  }
  if (node === null || typeof node !== "object") return node;
  const children = Object.entries(node).map(([key, child]) => [
    key,
    takeArrays(child, path === "" ? key : `${path}.${key}`, arrays),
  ]);
  return Array.isArray(node) ? children.map(([, child]) => child) : Object.fromEntries(children);
}

function putArrays(node: unknown, tensors: ReadonlyMap<string, { data: unknown }>): unknown {
  if (node === null || typeof node !== "object") return node;
  if (ARRAY in node) return tensors.get(node[ARRAY] as string)?.data;
  const children = Object.entries(node).map(([key, child]) => [key, putArrays(child, tensors)]);
  return Array.isArray(node) ? children.map(([, child]) => child) : Object.fromEntries(children);
}
