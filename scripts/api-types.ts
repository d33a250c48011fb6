/**
 * Writes the interface's types from the API's view schemas, so that the two cannot drift apart.
 * With `--check` it only says whether the committed file is current.
 */
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import openapiTs, { astToString } from "openapi-typescript";
import { format, resolveConfig } from "prettier";
import { z } from "zod";
import * as casework from "../node/casework/views.ts";
import * as exporting from "../node/export/views.ts";
import * as takedown from "../node/takedown/views.ts";

const target = fileURLToPath(new URL("../ui/src/lib/api-types.ts", import.meta.url));

const schemas = Object.fromEntries(
  Object.entries({ ...casework, ...takedown, ...exporting })
    .filter(([, schema]) => schema instanceof z.ZodType)
    .map(([name, schema]) => {
      const json = { ...z.toJSONSchema(schema as z.ZodType, { io: "output" }), $schema: undefined };
      return [name.charAt(0).toUpperCase() + name.slice(1), json];
    }),
);
const document = {
  openapi: "3.1.0",
  info: { title: "Wardline views", version: "1" },
  paths: {},
  components: { schemas },
};
const source = astToString(await openapiTs(JSON.stringify(document)));
const banner =
  "/** Made from the views.ts of casework, takedown and export by `npm run api-types`; do not edit. */\n";
const text = await format(banner + source, { ...(await resolveConfig(target)), filepath: target });

const current = await readFile(target, "utf8").catch(() => "");
if (!process.argv.includes("--check")) await writeFile(target, text);
else if (current !== text) {
  process.stderr.write("The interface's types are not current: run `npm run api-types`.\n");
  process.exitCode = 1;
}
