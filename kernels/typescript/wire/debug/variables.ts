/** Inspector values as the debug adapter protocol's variables; numbers stand for objects that can be opened. */
import type { Runtime, Session } from "node:inspector/promises";

export interface Variable {
  name: string;
  value: string;
  /** Class of an object. Primitives have none: JupyterLab's tree shows a type it does not know instead of the value. */
  type?: string;
  /** 0 when there is nothing inside. */
  variablesReference: number;
  evaluateName?: string;
}

/** More children are not sent at once. */
const MAX_CHILDREN = 1_000;

export class Variables {
  readonly #session: Session;
  readonly #objects = new Map<number, string>();
  #count = 0;

  constructor(session: Session) {
    this.#session = session;
  }

  /** A number for an inspector object. */
  reference(objectId: string | undefined): number {
    if (!objectId) return 0;
    this.#objects.set(++this.#count, objectId);
    return this.#count;
  }

  /** Execution went on: the objects of the pause are gone. */
  clear(): void {
    this.#objects.clear();
  }

  /** @param missing what to say when there is no value: a getter, or a declaration that was not reached */
  variable(name: string, value: Runtime.RemoteObject | undefined, missing = ""): Variable {
    return {
      name,
      value: value ? describe(value) : missing,
      type: value?.objectId && (value.className ?? value.subtype ?? value.type),
      variablesReference: this.reference(value?.objectId),
      evaluateName: name,
    };
  }

  /** What is inside; the kernel's own names are left out. */
  async children(reference: number): Promise<Variable[]> {
    const objectId = this.#objects.get(reference);
    if (!objectId) return [];
    const { result } = await this.#session.post("Runtime.getProperties", {
      objectId,
      ownProperties: true,
      generatePreview: true,
    });
    return result
      .filter(({ name, enumerable }) => enumerable !== false && !name.startsWith("__kernel"))
      .slice(0, MAX_CHILDREN)
      .map(({ name, value, get }) => this.variable(name, value, get ? "(getter)" : "(not set yet)"));
  }
}

/** One line, as a debugger's panel shows it. */
export function describe(value: Runtime.RemoteObject): string {
  const { type, subtype, description, preview } = value;
  if (type === "string") return JSON.stringify(value.value);
  if (value.unserializableValue !== undefined) return value.unserializableValue;
  if (type === "undefined" || subtype === "null")
    return String(value.value ?? (subtype === "null" ? null : undefined));
  if (type !== "object" || !preview) return (description ?? String(value.value)).split("\n")[0];
  const entries = preview.properties.map(({ name, value: shown, type: kind }) => {
    const text = kind === "string" ? JSON.stringify(shown) : shown;
    return subtype === "array" ? text : `${name}: ${text}`;
  });
  const inner = [...entries, ...(preview.overflow ? ["…"] : [])].join(", ");
  return subtype === "array" ? `[${inner}]` : `${description} {${inner}}`;
}
