/** tfjs's matrix products as graph nodes. */
import * as e from "../../graph/elementwise.ts";
import { matmul } from "../../graph/linear.ts";
import type { Recorder } from "../register.ts";

export const linearRecorders: Record<string, Recorder> = {
  BatchMatMul: ({ a, b }, { transposeA, transposeB }) =>
    matmul(e.cast(a, "float32"), e.cast(b, "float32"), { transposeA, transposeB }),
};
