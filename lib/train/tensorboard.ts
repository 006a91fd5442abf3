/**
 * Event files that TensorBoard reads: one scalar series for each number of the log.
 *
 * A file is a sequence of TFRecords (length, masked checksum, data, masked checksum), each one an `Event` message
 * in protobuf: wall_time 1, step 2, file_version 3, summary 5 { value 1 { tag 1, simple_value 2 } }.
 * Source: TensorFlow's `event.proto`, `summary.proto` and `record_writer.cc`. Left out: everything but scalars.
 */
import { closeSync, openSync, writeSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";

export interface EventFile {
  /** The numbers in `entry`, at its step; `loss` becomes the series `train/loss`, `eval_loss` `eval/loss`. */
  write(entry: { step: number }): void;
  close(): void;
}

/** What is the axis or the same in every entry. */
const NOT_SERIES = new Set(["step", "steps", "seconds"]);

export function openEventFile(directory: string, now: () => number = Date.now): EventFile {
  const name = `events.out.tfevents.${Math.floor(now() / 1000)}.${hostname()}.${process.pid}`;
  const file = openSync(join(directory, name), "a");
  const seconds = (): Buffer => doubleField(1, now() / 1000);
  writeSync(file, record(Buffer.concat([seconds(), bytesField(3, Buffer.from("brain.Event:2"))])));
  return {
    write(entry) {
      const values = Object.entries(entry).flatMap(([key, value]) =>
        typeof value === "number" && !NOT_SERIES.has(key)
          ? [bytesField(1, scalar(seriesName(key), value))]
          : [],
      );
      const event = [seconds(), varintField(2, entry.step), bytesField(5, Buffer.concat(values))];
      writeSync(file, record(Buffer.concat(event)));
    },
    close: () => closeSync(file),
  };
}

/** As Hugging Face's Trainer calls them. */
function seriesName(key: string): string {
  return key.startsWith("eval_") ? `eval/${key.slice("eval_".length)}` : `train/${key}`;
}

function scalar(tag: string, value: number): Buffer {
  const simple = Buffer.alloc(5);
  simple[0] = (2 << 3) | 5;
  simple.writeFloatLE(value, 1);
  return Buffer.concat([bytesField(1, Buffer.from(tag)), simple]);
}

function record(data: Buffer): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(data.length));
  return Buffer.concat([length, maskedChecksum(length), data, maskedChecksum(data)]);
}

function maskedChecksum(data: Buffer): Buffer {
  const crc = crc32c(data);
  const masked = Buffer.alloc(4);
  masked.writeUInt32LE((((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0);
  return masked;
}

/** CRC-32C (Castagnoli), polynomial 0x1edc6f41, bit by bit: some hundred bytes a step. */
export function crc32c(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  return Buffer.from([...bytes, rest]);
}

const varintField = (field: number, value: number): Buffer =>
  Buffer.concat([varint(field << 3), varint(value)]);

const bytesField = (field: number, data: Buffer): Buffer =>
  Buffer.concat([varint((field << 3) | 2), varint(data.length), data]);

function doubleField(field: number, value: number): Buffer {
  const buffer = Buffer.alloc(9);
  buffer[0] = (field << 3) | 1;
  buffer.writeDoubleLE(value, 1);
  return buffer;
}
