/** Reading what clients send. */
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";

/** The JSON body; `{}` when there is none. The type is the API's word, the handler checks what it relies on. */
export async function jsonBody<T>(c: Context): Promise<T> {
  const text = await c.req.text();
  try {
    return (text === "" ? {} : JSON.parse(text)) as T;
  } catch (cause) {
    throw new HTTPException(400, { message: `expected JSON, got ${(cause as Error).message}`, cause });
  }
}
