/**
 * What devices can do at most, for the share of it that a run reaches (MFU; PaLM, arXiv 2204.02311, appendix B).
 *
 * TFLOP/s of the vendors' data sheets, dense (sheets that print twice as much count zeros that are skipped), tensor cores for
 * tf32 and the 16-bit formats only. bf16's products are summed in float32; T4 has neither tf32 nor bf16: float32's rate and fp16's stand there.
 */
import type { Precision } from "./xla/module.ts";

/** By the device's name; the first that fits. */
const PEAKS: readonly (readonly [name: RegExp, peaks: Readonly<Record<Precision, number>>])[] = [
  [/H100 PCIe/, { fp32: 51, tf32: 378, bf16: 756 }],
  [/H100 NVL/, { fp32: 60, tf32: 417, bf16: 835 }],
  [/H[12]00/, { fp32: 67, tf32: 494, bf16: 989 }],
  [/A100/, { fp32: 19.5, tf32: 156, bf16: 312 }],
  [/\bL40S\b/, { fp32: 91.6, tf32: 183, bf16: 362 }],
  [/\bL4\b/, { fp32: 30.3, tf32: 60, bf16: 121 }],
  [/\bT4\b/, { fp32: 8.1, tf32: 8.1, bf16: 65 }],
];

/** Floating-point operations per second; undefined for devices that are not in the table. */
export function peakFlops(device: string, precision: Precision): number | undefined {
  const found = PEAKS.find(([name]) => name.test(device));
  return found && 1e12 * found[1][precision];
}
