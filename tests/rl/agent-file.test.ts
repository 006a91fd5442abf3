/** Agents on disk: what comes back goes on with the same bits; other files are refused. */
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  cartPole,
  DQN,
  gridWorld,
  loadAgent,
  PPO,
  QLearning,
  Reinforce,
  saveAgent,
  SelfPlay,
  ticTacToe,
} from "../../lib/rl/index.ts";
import type { SavedAgent } from "../../lib/rl/index.ts";

const folder = mkdtempSync(join(tmpdir(), "gradbook-agents-"));
const SMALL = { environments: 2, horizon: 16, epochs: 1, minibatches: 1, width: 8 };
const ppo = (): PPO => new PPO(() => cartPole(), SMALL);

/** Each kind, new, with one way to go on. */
const AGENTS: Record<string, () => { agent: SavedAgent; next: () => unknown }> = {
  ppo: () => {
    const agent = ppo();
    return { agent, next: () => agent.update() };
  },
  reinforce: () => {
    const agent = new Reinforce(cartPole(), { episodes: 2, width: 8 });
    return { agent, next: () => agent.update() };
  },
  dqn: () => {
    const agent = new DQN(cartPole(), { learningStarts: 10, batchSize: 4, width: 8 });
    return { agent, next: () => agent.run(40) };
  },
  "self-play": () => {
    const agent = new SelfPlay(ticTacToe, { games: 2, simulations: 8, batches: 2, batchSize: 4, width: 8 });
    return { agent, next: () => agent.round() };
  },
  "q-learning": () => {
    const agent = new QLearning(gridWorld({ slip: 0.2 }));
    return { agent, next: () => agent.episode() };
  },
};

describe("agents on disk", () => {
  it.each(Object.entries(AGENTS))("%s comes back and goes on with the same bits", (kind, make) => {
    const [first, second] = [make(), make()];
    first.next();
    const path = join(folder, "deep", `${kind}.safetensors`);
    saveAgent(path, first.agent);
    loadAgent(path, second.agent);
    expect(second.agent.state()).toEqual(first.agent.state());
    expect([second.next(), second.next()]).toEqual([first.next(), first.next()]);
  });

  it("refuses a file of another agent, of other settings, a damaged one, and none", () => {
    const path = join(folder, "ppo.safetensors");
    saveAgent(path, ppo());
    expect(() => loadAgent(path, new DQN(cartPole(), { width: 8 }))).toThrow(
      /loadAgent: expected dqn .* got ppo/,
    );
    expect(() => loadAgent(path, new PPO(() => cartPole(), { ...SMALL, width: 9 }))).toThrow(
      /make the agent with the settings it was saved with/,
    );
    writeFileSync(path, readFileSync(path).subarray(0, -5));
    expect(() => loadAgent(path, ppo())).toThrow(/damaged or cut off/);
    expect(() => loadAgent(join(folder, "nowhere"), ppo())).toThrow(/expected a saved agent at .*nowhere/);
  });
});
