/** The ops contestant "gradbook" of an update: `node update.ts NAME`, in place over flat buffers, compiled. */
import * as engine from "../../lib/engine/index.ts";
import { serveTurns } from "../contestant.ts";
import { FLAT, type UpdateName } from "./setting.ts";

const { tf } = engine;
engine.setRandomState(1);
const buffer = (value: number): engine.tf.Variable => tf.variable(tf.fill([FLAT], value), false);
const [parameters, firstMoment, secondMoment] = [1, 0, 0].map(buffer);
const gradient = tf.variable(engine.randomNormal([FLAT]), false);
const [learningRate, step] = [tf.scalar(1e-3), tf.scalar(1)];

const UPDATES: Record<UpdateName, () => void> = {
  adamw: () => engine.adamwUpdate({ parameters, gradient, firstMoment, secondMoment, learningRate, step }),
  sgd: () =>
    engine.sgdUpdate({ parameters, gradient, momentumBuffer: firstMoment, learningRate, momentum: 0.9 }),
  clip: () => gradient.assign(engine.clipByGlobalNorm([gradient], 1).grads[0]),
};

const update = engine.compile(UPDATES[process.argv[2] as UpdateName]);
update();
await serveTurns({ engine: engine.engineName(), threads: engine.threads() }, () => update());
