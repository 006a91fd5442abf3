/** The page that asks for the token, for a browser that comes without it. */
import { Hono } from "hono";
import type { Gate } from "./gate.ts";

export function loginRoutes(gate: Gate): Hono {
  const routes = new Hono();
  routes.get("/login", (c) => c.html(loginPage(localPath(c.req.query("next")), false)));
  routes.post("/login", async (c) => {
    const form = await c.req.parseBody();
    const next = localPath(String(form.next ?? "/"));
    if (!gate.isToken(String(form.token ?? "").trim())) return c.html(loginPage(next, true), 401);
    for (const cookie of gate.cookies()) c.header("Set-Cookie", cookie, { append: true });
    return c.redirect(next, 303);
  });
  return routes;
}

/** Only paths of this server: `//evil.example`, also with `\` or a tab in it, is an address of others. */
export function localPath(next: string | undefined): string {
  return next && /^\/(?!\/)[^\s\\]*$/.test(next) ? next : "/";
}

function loginPage(next: string, wrong: boolean): string {
  const escaped = next.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>gradbook: token</title>
<meta name="viewport" content="width=device-width">
<style>
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { display: grid; place-items: center; min-height: 90vh; margin: 0 }
form { max-width: 26rem; padding: 1rem }
input, button { font: inherit; padding: .5rem .7rem; box-sizing: border-box; width: 100%; margin-top: .6rem }
.wrong { color: light-dark(#b00020, #ff8a80) }
</style></head><body><form method="post" action="/login">
<h1>gradbook</h1>
<p>Paste the token from the address that <code>npm start</code> printed (after <code>token=</code>).</p>
${wrong ? '<p class="wrong" role="alert">That is not the token of this server. It changes at each start.</p>' : ""}
<label>Token <input name="token" type="password" autocomplete="off" autofocus required></label>
<input type="hidden" name="next" value="${escaped}">
<button>Open</button>
</form></body></html>`;
}
