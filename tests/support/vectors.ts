/** Third-party test data beside the checkout: absent in a user's clone (skipped, and said so), required when CI=true. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, test } from "vitest";

const root = fileURLToPath(new URL("../../../shared/vectors/", import.meta.url));

/** Runs `body` with the absolute path of one vector folder; without it, one skipped test says what is missing. */
export function describeWithVectors(folder: string, name: string, body: (path: string) => void): void {
  const path = `${root}${folder}/`;
  describe(name, () => {
    if (existsSync(path)) return body(path);
    const sentence = `needs the third-party vectors in ../shared/vectors/${folder}, which are not here`;
    if (process.env["CI"] === "true") test(sentence, () => Promise.reject(new Error(sentence)));
    else test.skip(sentence, () => undefined);
  });
}
