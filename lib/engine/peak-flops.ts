/**
 * What devices can do at most, for the share of it that a run reaches (MFU; PaLM, arXiv 2204.02311, appendix B).
 *
 * TFLOP/s of the vendors' data sheets, dense (sheets that print twice as much count zeros that are skipped), tensor cores for
 * the 16-bit formats only. bf16's products are summed in float32; T4 has neither tf32 nor bf16: float32's rate and fp16's stand there.
 */
export type PeakPrecision = "fp32" | "tf32" | "bf16";

/** By the device's name; the first that fits. */
const PEAKS: readonly (readonly [name: RegExp, fp32: number, tf32: number, bf16: number])[] = [
  [/H100 PCIe/, 51, 378, 756],
  [/H100 NVL/, 60, 417, 835],
  [/H[12]00/, 67, 494, 989],
  [/A100/, 19.5, 156, 312],
  [/\bL40S\b/, 91.6, 183, 362],
  [/\bL4\b/, 30.3, 60, 121],
  [/\bT4\b/, 8.1, 8.1, 65],
];

const COLUMN = { fp32: 1, tf32: 2, bf16: 3 } as const;

/** Floating-point operations per second; undefined for devices that are not in the table. */
export function peakFlops(device: string, precision: PeakPrecision): number | undefined {
  const found = PEAKS.find(([name]) => name.test(device));
  return found && 1e12 * found[COLUMN[precision]];
}
