/**
 * A program of its own: runs the templates on the plugin that is found, compares them with ONNX Runtime, and prints
 * platform, versions, devices and memory.
 */
import { fail } from "../../core/errors.ts";
import { formatBytes } from "../../core/progress.ts";
import { Client } from "./pjrt/client.ts";
import { Plugin } from "./pjrt/plugin.ts";
import { xlaLowering } from "./program.ts";
import { firstDifference, TEMPLATES } from "./templates.ts";
import { pluginPath } from "./use.ts";

const client = new Client(new Plugin(pluginPath()));
const lower = xlaLowering(client);
const templates = Object.entries(TEMPLATES);
for (const [name, make] of templates) {
  const difference = firstDifference(make, lower);
  if (difference)
    fail("engine xla", {
      expected: `${name} as on ONNX Runtime: ${difference.op} gives ${difference.expected}`,
      got: difference.got,
      hint: "this plugin cannot be relied on: install another version",
    });
}
const { major, minor } = client.plugin.version;
const bytes = client.memory()?.limit;
const devices = client.devices().join(", ");
const memory = bytes ? `, ${formatBytes(bytes)} each` : "";
console.log(
  `XLA ${client.platform} (PJRT ${major}.${minor}, ${client.platformVersion}): ${templates.length} groups of operations are right on ${devices}${memory}`,
);
