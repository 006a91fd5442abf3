/** Agents: definitions, what they reach, resuming to the bit, and what they refuse. */
import { describe, expect, it } from "vitest";
import { tf } from "../../lib/engine/index.ts";
import {
  cartPole,
  DQN,
  evaluatePolicy,
  generalizedAdvantages,
  gridWorld,
  PPO,
  QLearning,
  Reinforce,
  valueIteration,
  type Environment,
} from "../../lib/rl/index.ts";

const mean = (numbers: readonly number[]): number => numbers.reduce((sum, n) => sum + n, 0) / numbers.length;

describe("generalized advantages", () => {
  const trajectory = { rewards: [1, 2, 3], values: [0.5, 1, 1.5], nextValues: [1, 1.5, 0], ends: [0, 0, 1] };

  it("equal the sum of discounted errors, worked out by hand", () => {
    // δ = 1 + .5·1 − .5, 2 + .5·1.5 − 1, 3 − 1.5 = 1, 1.75, 1.5; γλ = .4
    const [first, second, third] = generalizedAdvantages(trajectory, 0.5, 0.8);
    expect(third).toBeCloseTo(1.5, 6);
    expect(second).toBeCloseTo(1.75 + 0.4 * 1.5, 6);
    expect(first).toBeCloseTo(1 + 0.4 * (1.75 + 0.4 * 1.5), 6);
  });

  it("do not flow back over an end", () => {
    const [first] = generalizedAdvantages({ ...trajectory, ends: [1, 0, 1] }, 0.5, 0.8);
    expect(first).toBeCloseTo(1, 6);
  });
});

describe("a table", () => {
  it("value iteration finds the discounted worth of a corridor", () => {
    const { values, policy } = valueIteration(gridWorld({ rows: ["S..G"], stepReward: 0 }), 0.9);
    [0.81, 0.9, 1, 0].forEach((value, cell) => expect(values[cell]).toBeCloseTo(value, 8));
    expect(policy.slice(0, 3)).toEqual([1, 1, 1]);
  });

  it("Q-learning finds the way that value iteration computes", () => {
    const world = gridWorld();
    const learner = new QLearning(world, { seed: 1 });
    for (let i = 0; i < 1000; i++) learner.episode();
    const policy = learner.policy();
    const [reward] = evaluatePolicy(world, (observation) => policy[observation.indexOf(1)], { episodes: 1 });
    const best = valueIteration(world).policy;
    expect(reward).toBe(
      evaluatePolicy(world, (observation) => best[observation.indexOf(1)], { episodes: 1 })[0],
    );
    expect(reward).toBeCloseTo(1 - 5 * 0.04, 6);
  });

  it("goes on from its state with the same numbers", () => {
    const first = new QLearning(gridWorld({ slip: 0.2 }), { seed: 2 });
    for (let i = 0; i < 20; i++) first.episode();
    const second = new QLearning(gridWorld({ slip: 0.2 }), { seed: 9 });
    second.restore(structuredClone(first.state()));
    for (let i = 0; i < 5; i++) expect(second.episode()).toBe(first.episode());
    expect(second.table).toEqual(first.table);
  });
});

/** One of two places, one push: right in the first and left in the second is worth 1, the other 0. */
function oneDecision(): Environment<number> {
  let place = 1;
  const look = () => Float32Array.of(place, 1 - place, 0, 0);
  const space = { kind: "box", shape: [4], low: [0, 0, 0, 0], high: [1, 1, 1, 1] } as const;
  return {
    name: "OneDecision",
    observationSpace: space,
    actionSpace: { kind: "discrete", n: 2 },
    reset() {
      place = 1 - place;
      return { observation: look(), info: {} };
    },
    step: (action) => {
      const reward = action === place ? 0 : 1;
      return { observation: look(), reward, terminated: true, truncated: false, info: {} };
    },
    state: () => place,
    restore: (state) => void (place = state),
  };
}

const SMALL = { environments: 2, horizon: 32, epochs: 2, minibatches: 2, width: 16, updates: 10 };

/** An agent with one way to go on, whatever its kind. */
const AGENTS = {
  PPO: (seed: number, world: () => Environment = () => cartPole()) => {
    const agent = new PPO(world, { ...SMALL, seed });
    return { agent, next: () => agent.update(), restore: (state: unknown) => agent.restore(state as never) };
  },
  REINFORCE: (seed: number, world: () => Environment = () => cartPole()) => {
    const agent = new Reinforce(world(), { episodes: 2, width: 16, seed });
    return { agent, next: () => agent.update(), restore: (state: unknown) => agent.restore(state as never) };
  },
  DQN: (seed: number, world: () => Environment = () => cartPole()) => {
    const agent = new DQN(world(), { learningStarts: 20, targetEvery: 3, memory: 60, batchSize: 8, width: 16, seed }); // prettier-ignore
    return { agent, next: () => agent.run(50), restore: (state: unknown) => agent.restore(state as never) };
  },
};

describe.each(Object.entries(AGENTS))("%s", (name, make) => {
  it("resumes to the same bits", () => {
    const [first, second] = [make(3), make(4)];
    first.next();
    first.next();
    second.restore(structuredClone(first.agent.state()));
    expect(second.next()).toEqual(first.next());
    expect(second.next()).toEqual(first.next());
    expect(second.agent.parameters.read()).toEqual(first.agent.parameters.read());
    first.agent.dispose();
    second.agent.dispose();
  });

  it("gives the same run for the same seed, another for another", () => {
    const [first, same, other] = [make(5), make(5), make(6)];
    const told = [first, same, other].map(({ next }) => next());
    expect(told[1]).toEqual(told[0]);
    expect(told[2]).not.toEqual(told[0]);
    for (const { agent } of [first, same, other]) agent.dispose();
  });

  it("changes every parameter and leaves no tensor behind", () => {
    const { agent, next } = make(7);
    const before = agent.parameters.read();
    next();
    next();
    const tensors = tf.memory().numTensors;
    next();
    expect(tf.memory().numTensors).toBe(tensors);
    const after = agent.parameters.read();
    for (const [key, values] of Object.entries(before)) expect(after[key], key).not.toEqual(values);
    agent.dispose();
  });

  it("learns a world of one decision by heart", () => {
    const { agent, next } = make(9, oneDecision);
    for (let i = 0; i < 60; i++) next();
    expect([0, 1].map((place) => agent.act([place, 1 - place, 0, 0]))).toEqual([1, 0]);
    agent.dispose();
  });

  it("refuses observations of another environment", () => {
    const { agent } = make(8);
    const { observation } = gridWorld().reset(0);
    expect(() => agent.act(observation)).toThrow(
      `${name.toLowerCase()}.act: expected an observation of 4 numbers, got 12`,
    );
    agent.dispose();
  });
});

describe("CartPole", () => {
  it("is solved by PPO: at least 475 on average over 100 episodes it has not seen", () => {
    const agent = new PPO(() => cartPole(), { updates: 60, seed: 1 });
    const first = agent.update();
    for (let i = 1; i < 60; i++) agent.update();
    const rewards = evaluatePolicy(cartPole(), (observation) => agent.act(observation));
    expect(mean(first.episodes)).toBeLessThan(60);
    expect(mean(rewards)).toBeGreaterThanOrEqual(475);
    agent.dispose();
  }, 120_000);

  it("is solved by DQN on the way: it forgets again, so one looks every 2,500 steps and keeps the best", () => {
    const agent = new DQN(cartPole(), { seed: 0 });
    const act = (observation: Float32Array): number => agent.act(observation);
    let best = 0;
    for (let i = 0; i < 16 && best < 475; i++) {
      agent.run(2500);
      if (mean(evaluatePolicy(cartPole(), act, { episodes: 10, seed: 5 })) < 475) continue;
      best = Math.max(best, mean(evaluatePolicy(cartPole(), act)));
    }
    expect(best).toBeGreaterThanOrEqual(475);
    agent.dispose();
  }, 240_000);

  it("is learned by REINFORCE: several times what chance gets", () => {
    const agent = new Reinforce(cartPole(), { seed: 0 });
    const first = mean(agent.update().episodes);
    for (let i = 0; i < 40; i++) agent.update();
    const rewards = evaluatePolicy(cartPole(), (observation) => agent.act(observation), { episodes: 20 });
    expect(mean(rewards)).toBeGreaterThan(5 * first);
    agent.dispose();
  }, 120_000);
});
