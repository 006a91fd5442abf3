/**
 * CartPole: keep a pole upright on a cart by pushing the cart left or right.
 *
 * Physics: Barto, Sutton & Anderson, "Neuronlike adaptive elements …" (1983), with the numbers, the Euler steps and
 * the limits of Gymnasium's CartPole-v1: reward 1 for each step, the end beyond 12° or 2.4 m, time up after 500 steps.
 * Observation: position (m), velocity (m/s), angle (rad), angular velocity (rad/s).
 */
import { random, type RandomState } from "../../core/random.ts";
import { checkAction, checkRunning, type Discrete, type Environment } from "../environment.ts";

const GRAVITY = 9.8;
const CART_MASS = 1;
const POLE_MASS = 0.1;
const TOTAL_MASS = CART_MASS + POLE_MASS;
/** Half of the pole's length, in metres. */
const LENGTH = 0.5;
const FORCE = 10;
/** Seconds between steps. */
const TAU = 0.02;
const ANGLE_LIMIT = (12 * 2 * Math.PI) / 360;
const POSITION_LIMIT = 2.4;
/** All four values start within ± this. */
const START = 0.05;

export interface CartPoleState {
  /** Position, velocity, angle, angular velocity. */
  values: readonly [number, number, number, number];
  steps: number;
  running: boolean;
  random: RandomState;
}

/** @param maxSteps after which the time is up: 500 in v1, 200 in v0 */
export function cartPole({ maxSteps = 500, seed = 0 } = {}): Environment<CartPoleState> {
  const name = "CartPole";
  const actionSpace: Discrete = { kind: "discrete", n: 2, names: ["push left", "push right"] };
  const bounds = [2 * POSITION_LIMIT, Infinity, 2 * ANGLE_LIMIT, Infinity];
  let generator = random(seed);
  let values: CartPoleState["values"] = [0, 0, 0, 0];
  let steps = 0;
  let running = false;
  const start = (): number => (2 * generator.uniform() - 1) * START;

  return {
    name,
    actionSpace,
    observationSpace: { kind: "box", shape: [4], low: bounds.map((bound) => -bound), high: bounds },
    reset(newSeed) {
      if (newSeed !== undefined) generator = random(newSeed);
      values = [start(), start(), start(), start()];
      [steps, running] = [0, true];
      return { observation: Float32Array.from(values), info: {} };
    },
    step(action) {
      checkAction(name, actionSpace, action);
      checkRunning(name, running);
      values = move(values, action === 1 ? FORCE : -FORCE);
      const [position, , angle] = values;
      const terminated = Math.abs(position) > POSITION_LIMIT || Math.abs(angle) > ANGLE_LIMIT;
      const truncated = ++steps >= maxSteps;
      running = !terminated && !truncated;
      return { observation: Float32Array.from(values), reward: 1, terminated, truncated, info: {} };
    },
    state: () => ({ values, steps, running, random: generator.state() }),
    restore(state) {
      ({ values, steps, running } = state);
      generator.restore(state.random);
    },
  };
}

/** One Euler step: positions move with the velocities from before the push. */
function move([x, v, angle, turning]: CartPoleState["values"], force: number): CartPoleState["values"] {
  const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
  const push = (force + POLE_MASS * LENGTH * turning ** 2 * sin) / TOTAL_MASS;
  const turn = (GRAVITY * sin - cos * push) / (LENGTH * (4 / 3 - (POLE_MASS * cos ** 2) / TOTAL_MASS));
  const acceleration = push - (POLE_MASS * LENGTH * turn * cos) / TOTAL_MASS;
  return [x + TAU * v, v + TAU * acceleration, angle + TAU * turning, turning + TAU * turn];
}
