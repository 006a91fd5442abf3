/** The train-step contestant "gradbook": `node ours.ts SIZE_INDEX`. */
import { engineName, engineStats, threads } from "../../lib/engine/index.ts";
import { serveTurns } from "../contestant.ts";
import { repeatableStep } from "./model.ts";
import { SIZES } from "./sizes.ts";

const step = repeatableStep(SIZES[Number(process.argv[2])]);
const start = performance.now();
step();
const firstStepMs = Math.round(performance.now() - start);
await serveTurns({ engine: engineName(), threads: threads(), nodes: engineStats.nodes, firstStepMs }, step);
