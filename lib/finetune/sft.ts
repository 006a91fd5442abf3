/**
 * Supervised fine-tuning: a model that completes texts learns to answer, from conversations (the first stage of
 * InstructGPT, Ouyang et al., arXiv 2203.02155).
 *
 * loss = mean over the assistant's tokens of −log p(token | everything before it). All weights are trained, or an
 * adapter beside the frozen ones. Logged under TRL's names: `loss`, `mean_token_accuracy`, `entropy`, `num_tokens`,
 * `grad_norm`, `learning_rate`, and `eval_…` of the first three.
 */
import {
  conversationBatches,
  encodeConversations,
  type ConversationOptions,
  type EncodedConversations,
} from "../batches/conversations.ts";
import { packedSequence } from "../batches/packed-batches.ts";
import { loadTrainingState, loadWeights } from "../checkpoint/load.ts";
import { fail } from "../core/errors.ts";
import type { Conversation } from "../data/format/examples.ts";
import type { GPT } from "../models/gpt.ts";
import { encodeChat } from "../tokenizers/chat/chat.ts";
import type { Tokenizer } from "../tokenizers/tokenizer.ts";
import type { TrainSettings } from "../train/train-config.ts";
import { train, type TrainingRun, type TrainOptions } from "../train/train.ts";
import { adapted } from "./adapted.ts";
import { answering } from "./answering.ts";
import type { LoraConfig } from "./lora-config.ts";
import { wrongTurns } from "./read-conversations.ts";
import { sftConfig, type SftSettings } from "./sft-config.ts";

export interface SftData {
  train: readonly Conversation[];
  validation: readonly Conversation[];
}

export interface SftOptions extends Omit<TrainOptions, "tokenizer" | "resume"> {
  tokenizer: Tokenizer;
  /** The template. Default ChatML. */
  format?: ConversationOptions["format"];
  /** Settings of the adapter. */
  lora?: Partial<LoraConfig>;
  /** More settings of the training: schedule, evaluateEvery, … */
  training?: Partial<TrainSettings>;
  /** Folder of a checkpoint of the same recipe; the run goes on from there to the same bits. */
  resume?: string;
}

export interface SftResult {
  /** The base itself when no adapter was asked for, else a GPT of base and adapter. */
  model: GPT;
  run: TrainingRun;
  /** What became of the conversations. */
  encoded: EncodedConversations;
}

/**
 * @param model trained in place without an adapter, left as it is with one
 * @throws GradbookError naming the conversation that has wrong roles, an empty answer or too many tokens; and as `train`
 * @example
 * const { model } = await sft(base, { train, validation }, { epochs: 3, adapter: "lora" }, { tokenizer });
 */
export async function sft(
  model: GPT,
  data: SftData,
  settings: Partial<SftSettings>,
  options: SftOptions,
): Promise<SftResult> {
  const config = sftConfig.parse(settings);
  const { tokenizer, format = "chatml", lora, training = {}, resume, ...rest } = options;
  const encoding: ConversationOptions = {
    ...{ tokenizer, format, contextLength: model.config.contextLength, packing: config.packing },
    learn: config.assistantOnly ? "assistant" : "all",
  };
  const [learned, held] = (["train", "validation"] as const).map((part) => fitting(data[part], part, encoding, config.tooLong)); // prettier-ignore
  const student = adapted(model, config, lora);
  const loader = conversationBatches(learned, {
    ...encoding,
    batchSize: config.batchSize,
    seed: config.seed,
  });
  if (resume) loadWeights(student, resume);
  const steps = Math.max(1, Math.ceil((config.epochs * loader.batchesPerEpoch) / (training.accumulate ?? 1)));
  const run = await train(
    answering(student),
    { train: loader, validation: packedSequence(encodeConversations(held, encoding), config.batchSize) },
    {
      ...{
        steps,
        weightDecay: 0,
        warmupSteps: Math.min(100, Math.ceil(steps / 20)),
        evaluateEvery: Math.ceil(steps / 5),
      },
      ...training,
      ...{ learningRate: config.learningRate, neftuneAlpha: config.neftuneAlpha },
    },
    { ...rest, tokenizer, ...(resume !== undefined && { resume: loadTrainingState(resume) }) },
  );
  return { model: student, run, encoded: loader.encoded };
}

/** How many tokens a conversation is as the model sees it. */
export function conversationLength(
  { messages, tools }: Conversation,
  { tokenizer, format }: Pick<ConversationOptions, "tokenizer" | "format">,
): number {
  return encodeChat(tokenizer, messages, { format, ...(tools && { variables: { tools } }) }).ids.length;
}

function fitting(
  conversations: readonly Conversation[],
  part: string,
  encoding: ConversationOptions,
  tooLong: SftSettings["tooLong"],
): Conversation[] {
  conversations.forEach((conversation, i) => {
    const wrong = wrongTurns(conversation);
    if (wrong !== undefined)
      fail(`sft ${part} conversation ${i}`, { expected: "turns to learn from", got: wrong });
  });
  if (tooLong === "cut") return [...conversations];
  return conversations.filter((conversation, i) => {
    const length = conversationLength(conversation, encoding);
    if (length <= encoding.contextLength) return true;
    if (tooLong === "leave out") return false;
    return fail(`sft ${part} conversation ${i}`, {
      expected: `at most ${encoding.contextLength} tokens, the model's contextLength`,
      got: `${length} tokens`,
      hint: 'tooLong "cut" keeps its beginning, "leave out" drops it',
    });
  });
}
