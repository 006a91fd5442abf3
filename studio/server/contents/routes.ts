/** `/api/contents`: the REST face of the folder. */
import { Hono, type Context } from "hono";
import { readNotebook } from "../../document/read.ts";
import { jsonBody } from "../request.ts";
import { createCheckpoint, deleteCheckpoint, listCheckpoints, restoreCheckpoint } from "./checkpoints.ts";
import { bareModel, readModel, type ContentFormat, type ContentType } from "./model.ts";
import type { RootFolder } from "./root-folder.ts";
import { createUntitled, gatheringFile, remove, rename, save, type SaveRequest } from "./save.ts";
import type { TrustStore } from "./trust.ts";

export interface ContentsOptions {
  root: RootFolder;
  trust: TrustStore;
  /** Called before a file is read, so that outputs kept in memory reach it first. */
  beforeRead: (apiPath: string) => void;
  onSave: (apiPath: string, type: ContentType) => void;
  /** A file has a new path; whoever remembers the old one follows. */
  onRename: (from: string, to: string) => void;
}

export function contentsRoutes({ root, trust, beforeRead, onSave, onRename }: ContentsOptions): Hono {
  const routes = new Hono();
  const bare = (apiPath: string) => readModel(root, trust, apiPath, { content: false, hash: true });

  // A path may have any number of segments, so what follows it is matched by hand.
  routes.on(["GET", "POST", "DELETE"], "/api/contents/*", async (c, next) => {
    const [, encoded, id] = /^\/api\/contents\/(.+)\/checkpoints(?:\/([\w-]+))?$/.exec(c.req.path) ?? [];
    if (encoded === undefined) return next();
    const apiPath = decodeURIComponent(encoded);
    if (c.req.method === "GET") return c.json(listCheckpoints(root, apiPath));
    if (c.req.method === "DELETE") deleteCheckpoint(root, apiPath, id ?? "");
    else if (id === undefined) return c.json(createCheckpoint(root, apiPath), 201);
    else restoreCheckpoint(root, apiPath, id);
    return c.body(null, 204);
  });
  routes.post("/api/contents/*", async (c, next) => {
    const encoded = /^\/api\/contents\/(.+)\/trust$/.exec(c.req.path)?.[1];
    if (encoded === undefined) return next();
    const apiPath = decodeURIComponent(encoded);
    trust.trust(readNotebook(root.resolve(apiPath)));
    return c.body(null, 204);
  });

  for (const route of ["/api/contents", "/api/contents/", "/api/contents/:path{.+}"]) {
    routes.get(route, (c) => {
      beforeRead(at(c));
      const { content, hash, type, format } = c.req.query();
      return c.json(
        readModel(root, trust, at(c), {
          content: content !== "0",
          hash: hash === "1",
          type: type as ContentType | undefined,
          format: format as ContentFormat | undefined,
        }),
      );
    });
    routes.post(route, async (c) => {
      const path = createUntitled(root, at(c), await jsonBody(c));
      return c.json(bare(path), 201, { Location: `/api/contents/${encodeURI(path)}` });
    });
    routes.put(route, async (c) => {
      const request = await jsonBody<SaveRequest>(c);
      const isNew = save(root, trust, at(c), request);
      onSave(at(c), request.type);
      if (request.chunk !== undefined && request.chunk !== -1) {
        return c.json(bareModel(gatheringFile(root.resolve(at(c))), at(c), "file"));
      }
      return c.json(bare(at(c)), isNew ? 201 : 200);
    });
    routes.patch(route, async (c) => {
      const { path } = await jsonBody<{ path: string }>(c);
      rename(root, at(c), path);
      onRename(at(c), path);
      return c.json(bare(path));
    });
    routes.delete(route, (c) => {
      remove(root, at(c));
      return c.body(null, 204);
    });
  }
  return routes;
}

const at = (c: Context): string => c.req.param("path") ?? "";
