/** Settings that a slider may change while the run goes on. */
import { checkField } from "../core/field.ts";
import { trainConfig, type LiveSettings } from "./train-config.ts";

const LIVE = [
  "learningRate",
  "weightDecay",
  "clipNorm",
  "accumulate",
] as const satisfies (keyof LiveSettings)[];

export type Changes = Record<string, { from: number; to: number }>;

/**
 * The settings with those of `wanted` that differ put in, and what changed (undefined: nothing).
 * @throws GradbookError when a value is out of its range
 */
export function applyLive<S extends LiveSettings>(
  settings: S,
  wanted: Partial<LiveSettings>,
): { settings: S; changes: Changes | undefined } {
  const changes: Changes = {};
  for (const name of LIVE) {
    const [from, to] = [settings[name], wanted[name] ?? settings[name]];
    if (to === from) continue;
    changes[name] = { from, to: checkField(trainConfig.configName, name, trainConfig[name], to) };
  }
  const names = Object.keys(changes);
  if (names.length === 0) return { settings, changes: undefined };
  return { settings: { ...settings, ...Object.fromEntries(names.map((n) => [n, changes[n].to])) }, changes };
}

/** The settings that may change while the run goes on. */
export function pickLive(settings: LiveSettings): LiveSettings {
  const { learningRate, weightDecay, clipNorm, accumulate } = settings;
  return { learningRate, weightDecay, clipNorm, accumulate };
}
