/** The workplace's files: hashed assets for ever, the page itself fresh, every address of the interface that page. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance, FastifyReply } from "fastify";

const notBuilt = "The interface is not built. Run: npm run build -w ui\n";

/** Answers for addresses that no route and no file has. */
export type Fallback = (reply: FastifyReply) => FastifyReply;

/** Serves `folder`; without one, says how to build it. */
export async function registerInterface(app: FastifyInstance, folder: string): Promise<Fallback> {
  if (!existsSync(join(folder, "index.html")))
    return (reply) => reply.code(503).type("text/plain").send(notBuilt);
  await app.register(fastifyStatic, {
    root: folder,
    index: false,
    // Only the files that are there now, each by its name: nothing else of the disk can be asked for.
    wildcard: false,
    dotfiles: "ignore",
    cacheControl: false,
    schemaHide: true,
    // Vite puts a hash of the content into the names of what lies in assets/.
    setHeaders: (reply, path) =>
      void reply.header("cache-control", cacheFor(path.startsWith(join(folder, "assets")))),
  });
  return (reply) => reply.header("cache-control", cacheFor(false)).type("text/html").sendFile("index.html");
}

function cacheFor(hashed: boolean): string {
  return hashed ? "public, max-age=31536000, immutable" : "no-cache";
}
