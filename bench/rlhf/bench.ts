/**
 * What does it cost to answer and to learn from it, per answer? GRPO against TRL's GRPOTrainer; PPO, which TRL 1.16 no longer
 * has, against a loop written out with PyTorch and transformers (torch_ppo.py). A repetition is a rollout and all its updates.
 */
import { fileURLToPath } from "node:url";
import { ENGINE_ENVIRONMENT } from "../../lib/engine/environment.ts";
import { threads } from "../../lib/engine/threads.ts";
import { startContestant } from "../contestant.ts";
import { peerPython } from "../peers.ts";
import { compareTurns, type Line } from "../report.ts";
import { METHODS, SETTING, type Method } from "./setting.ts";

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const PEERS: Record<Method, [name: string, script: string]> = {
  grpo: ["TRL GRPOTrainer", "trl_grpo.py"],
  ppo: ["PyTorch PPO", "torch_ppo.py"],
};

export async function bench({ peers }: { peers: boolean }): Promise<Line[]> {
  const lines: Line[] = [];
  for (const method of METHODS) {
    const ours = [process.execPath, file("ours.ts"), method];
    const contestants = [await startContestant("gradbook", ours, ENGINE_ENVIRONMENT)];
    const [name, script] = PEERS[method];
    const setting = JSON.stringify({ ...SETTING, threads: threads() });
    if (peers) contestants.push(await startContestant(name, [peerPython(), file(script), setting]));
    lines.push(...(await compareTurns(method, contestants, { rounds: 3, repetitions: 1 })));
  }
  return lines.map((line) => ({
    ...line,
    about: { "ms per answer": Number((line.median / SETTING.answers).toFixed(2)), ...line.about },
  }));
}
