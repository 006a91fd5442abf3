/** Our side: each repetition writes a text, with the key–value cache, from compiled programs that are kept. */
import { generate, predictorFor } from "../../lib/generate/index.ts";
import { GPT, gptPreset } from "../../lib/models/index.ts";
import { serveTurns } from "../contestant.ts";
import { PROMPT, TOKENS, VOCABULARY } from "./setting.ts";

const model = new GPT(gptPreset("mini", { vocabSize: VOCABULARY }), { seed: 1 });
const predictor = predictorFor(model);
const prompt = Array.from({ length: PROMPT }, (_, i) => i % VOCABULARY);

async function write(): Promise<void> {
  let count = 0;
  for await (const { id } of generate(
    model,
    prompt,
    { maxTokens: TOKENS, temperature: 1, seed: 1 },
    predictor,
  ))
    count += id >= 0 ? 1 : 0;
  if (count !== TOKENS) throw new Error(`wrote ${count} tokens`);
}

await write();
await serveTurns({ parameters: model.parameters.count }, write);
