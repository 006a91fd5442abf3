/**
 * What makes a JSON value a notebook: the checks of nbformat 4.5, as sentences that name the place.
 *
 * Runs on the in-memory form (texts joined). Keys that nbformat does not know are let through: a newer tool
 * may have written them, and dropping them would lose somebody's data.
 */
import { z } from "zod";

const tags = z.array(z.string()).optional();
const record = z.record(z.string(), z.unknown());
const count = z.int().min(0).nullable();

const output = z.discriminatedUnion("output_type", [
  z.looseObject({ output_type: z.literal("stream"), name: z.enum(["stdout", "stderr"]), text: z.string() }),
  z.looseObject({ output_type: z.literal("display_data"), data: record, metadata: record }),
  z.looseObject({
    output_type: z.literal("execute_result"),
    data: record,
    metadata: record,
    execution_count: count,
  }),
  z.looseObject({
    output_type: z.literal("error"),
    ename: z.string(),
    evalue: z.string(),
    traceback: z.array(z.string()),
  }),
]);

const shared = {
  id: z
    .string()
    .regex(/^[a-zA-Z0-9_-]{1,64}$/, "expected 1 to 64 letters, digits, - or _")
    .optional(),
  source: z.string(),
  metadata: z.looseObject({ tags }),
};

const cell = z.discriminatedUnion("cell_type", [
  z.looseObject({
    cell_type: z.literal("code"),
    ...shared,
    execution_count: count,
    outputs: z.array(output),
  }),
  z.looseObject({
    cell_type: z.literal("markdown"),
    ...shared,
    attachments: z.record(z.string(), record).optional(),
  }),
  z.looseObject({ cell_type: z.literal("raw"), ...shared }),
]);

const notebook = z.looseObject({
  nbformat: z.literal(4),
  nbformat_minor: z.int().min(0),
  metadata: z.looseObject({
    kernelspec: z.looseObject({ name: z.string(), display_name: z.string() }).optional(),
    language_info: z.looseObject({ name: z.string() }).optional(),
  }),
  cells: z.array(cell),
});

/**
 * Every way in which a value is not a notebook, e.g. `"cells[3].outputs[0].name: Invalid option: …"`;
 * an empty list for a valid one.
 */
export function notebookProblems(value: unknown): string[] {
  return sentences(notebook.safeParse(value)).concat(duplicateIds(value));
}

/** The same for one cell. */
export function cellProblems(value: unknown): string[] {
  return sentences(cell.safeParse(value));
}

/** The same for one output. */
export function outputProblems(value: unknown): string[] {
  return sentences(output.safeParse(value));
}

export function isCellId(value: unknown): value is string {
  return typeof value === "string" && shared.id.safeParse(value).success;
}

function sentences(result: z.ZodSafeParseResult<unknown>): string[] {
  return result.success ? [] : result.error.issues.map((issue) => `${place(issue.path)}: ${issue.message}`);
}

function place(path: readonly PropertyKey[]): string {
  if (path.length === 0) return "the file";
  return path
    .map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`))
    .join("")
    .replace(/^\./, "");
}

function duplicateIds(value: unknown): string[] {
  const cells = (value as { cells?: unknown } | null)?.cells;
  if (!Array.isArray(cells)) return [];
  const seen = new Set<unknown>();
  return cells.flatMap(({ id }: { id?: unknown }, index) => {
    if (id === undefined) return [];
    const repeated = seen.has(id);
    seen.add(id);
    return repeated ? [`cells[${index}].id: "${id}" is also the id of an earlier cell`] : [];
  });
}
