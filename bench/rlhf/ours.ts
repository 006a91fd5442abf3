/** Our side, `node ours.ts grpo|ppo`: the loaders and losses of trainGroup and trainPPO, a rollout and its updates at a time. */
import { random } from "../../lib/core/random.ts";
import { GPT, ValuedGPT } from "../../lib/models/index.ts";
import { groupConfig, klController, ppoConfig, rolloutsOf } from "../../lib/rlhf/index.ts";
import { rolloutBatches, type Rolled } from "../../lib/rlhf/online/rollout-batches.ts";
import { groupObjective, groupRows } from "../../lib/rlhf/grpo/train-group.ts";
import { ppoObjective } from "../../lib/rlhf/ppo/train-ppo.ts";
import { ppoRows } from "../../lib/rlhf/ppo/ppo-rows.ts";
import { rowProgram } from "../../lib/rlhf/rollout/rows.ts";
import type { RolledAnswer } from "../../lib/rlhf/rollout/rollouts.ts";
import { trainCharTokenizer } from "../../lib/tokenizers/index.ts";
import { Trainer } from "../../lib/train/index.ts";
import { serveTurns } from "../contestant.ts";
import { SETTING, type Method } from "./setting.ts";

const { vocabulary, layers, heads, width, context, prompt, answer, answers, group, epochs, minibatches } = SETTING; // prettier-ignore
const { klCoefficient, learningRate } = SETTING;
const method = process.argv[2] as Method;
const tokenizer = trainCharTokenizer(
  String.fromCodePoint(...Array.from({ length: vocabulary }, (_, i) => 0x4e00 + i)),
);
const policy = new GPT({ vocabSize: vocabulary, contextLength: context, layers, heads, width }, { seed: 1 });
const reference = new GPT(policy.config, { weights: policy.parameters.read() });
const generator = random(1);
const prompts = Array.from({ length: 1000 }, () => ({
  ids: Array.from({ length: prompt }, () => generator.integer(vocabulary)),
  example: { prompt: "" },
}));
const actor = method === "ppo" ? ValuedGPT.of(policy) : policy;
const rollouts = rolloutsOf(actor, {
  ...{ tokenizer, reference, rows: answers, maxTokens: answer, rewardTimeout: 10 },
  rewards: ({ ids }) => ids.filter((id) => id % 2 === 0).length / ids.length,
});

const groups = groupConfig.parse({ klCoefficient, groupSize: group, prompts: answers / group });
const ppo = ppoConfig.parse({ klCoefficient, answers, epochs });
const price = klController(ppo);
const values =
  actor instanceof ValuedGPT ? rowProgram(actor, "values", (ids) => actor.judged(ids).values) : undefined;
const learn = (rolled: readonly RolledAnswer[]): Rolled =>
  values
    ? ppoRows(rolled, values.run(rolled.map(({ prompt, ids }) => ({ prompt, answer: ids }))), ppo, price)
    : groupRows(rolled, groups);
const updates = values ? epochs * minibatches : 1;
const loader = rolloutBatches(prompts, {
  ...(values
    ? { prompts: answers, copies: 1, epochs, minibatches }
    : { prompts: answers / group, copies: group, epochs: 1, minibatches: 1 }),
  ...{
    seed: 1,
    contextLength: context,
    roll: async (asked, seed) => learn(await rollouts.roll(asked, seed)),
  },
});
const objective =
  actor instanceof ValuedGPT
    ? ppoObjective(actor, ppo)
    : groupObjective(policy, { ...groups, maxTokens: answer, reference: true });
const trainer = new Trainer(objective, loader, {
  steps: 1_000_000,
  learningRate,
  warmupSteps: 0,
  weightDecay: 0,
});

async function repetition(): Promise<void> {
  for (let i = 0; i < updates; i++) {
    await loader.prepare!(1);
    const { loss } = trainer.step();
    if (!Number.isFinite(loss)) throw new Error(`loss ${loss}`);
  }
}

await repetition();
await serveTurns({ parameters: policy.parameters.count, answers, updates }, repetition);
