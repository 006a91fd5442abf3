/** The shape that every model asks of token ids. */
import { fail } from "../core/errors.ts";
import type { tf } from "../engine/index.ts";

/**
 * @param what how the error names them
 * @throws GradbookError unless ids are `[batch, time]` with time from 1 to contextLength
 */
export function checkIdShape(
  where: string,
  ids: tf.Tensor,
  { contextLength }: { readonly contextLength: number },
  what = "ids",
): void {
  const [, time] = ids.shape;
  if (ids.rank !== 2 || time! < 1 || time! > contextLength)
    fail(where, {
      expected: `${what} [batch, time] with time from 1 to ${contextLength}`,
      got: `[${ids.shape}]`,
    });
}
