/** The first plugin that is found, as an engine. */
import { fail } from "../../core/errors.ts";
import type { Lowering } from "../graph/program.ts";
import { singleton } from "../singleton.ts";
import { checkMesh } from "./mesh.ts";
import { Client } from "./pjrt/client.ts";
import { findPlugins } from "./pjrt/discover.ts";
import { Plugin } from "./pjrt/plugin.ts";
import { xlaLowering, type XlaOptions } from "./program.ts";

/** Where the plugin is. @throws GradbookError when there is none */
export function pluginPath(): string {
  const [path] = findPlugins();
  if (!path)
    fail("engine xla", {
      expected: "an XLA plugin",
      got: "none",
      hint: "run: gradbook engine install xla (with --cpu, --cuda12, --rocm or --tpu), or set GRADBOOK_PJRT_PLUGIN to a shared library",
    });
  return path;
}

/** By plugin and number of devices. A GPU's client takes most of its memory: a second one would find none. */
const clients = singleton("xlaClients", () => new Map<string, Client>());

/** @throws GradbookError when there is no plugin, when it does not load, or when it has too few devices */
export function openXla(options: XlaOptions): Lowering {
  const { data } = checkMesh(options.mesh ?? { data: 1 });
  const path = pluginPath();
  const key = `${path} ${data}`;
  let client = clients.get(key);
  if (!client) clients.set(key, (client = new Client(new Plugin(path), { devices: data })));
  return xlaLowering(client, options);
}
