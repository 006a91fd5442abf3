/** `gradbook finetune METHOD`: the ways to teach a trained model something new, one file each. */
import type { Command, Entry } from "../../command.ts";

export const finetuneCommands: Record<string, Entry> = {
  sft: {
    summary: "teach a model to answer, from conversations",
    load: async () => (await import("./sft.ts")).sftCommand as Command,
  },
};
