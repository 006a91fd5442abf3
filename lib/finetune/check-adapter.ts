/** Whether settings of an adapter, and of what is frozen, fit what is to be trained. */
import { fail } from "../core/errors.ts";
import type { LoraConfig } from "./lora-config.ts";

/**
 * @param where the recipe
 * @param frozen patterns of frozen weights
 * @throws GradbookError when there are settings of an adapter without one, or frozen weights beside one
 */
export function checkAdapter(
  where: string,
  adapter: "none" | "lora",
  frozen: readonly string[],
  lora: Partial<LoraConfig>,
): void {
  const first = Object.keys(lora).find((name) => lora[name as keyof LoraConfig] !== undefined);
  if (adapter === "none" && first !== undefined)
    fail(where, { expected: "lora's settings with an adapter", got: `${first} and adapter "none"`, hint: 'add adapter: "lora"' }); // prettier-ignore
  if (adapter !== "none" && frozen.length > 0)
    fail(where, { expected: "freeze without an adapter, which freezes all but its own weights", got: frozen.join(",") }); // prettier-ignore
}
