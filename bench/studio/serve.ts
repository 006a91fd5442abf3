/** `node serve.ts FOLDER PORT TOKEN`: our server as a process of its own, for the bench. */
import { startServer } from "../../studio/server/index.ts";

const [root, port, token] = process.argv.slice(2);
const server = await startServer({ root, port: Number(port), token });
process.once("SIGTERM", () => void server.close().then(() => process.exit(0)));
