/** Writes docs/configuration.md from the settings' own descriptions. With `--check` it only says whether it is current. */
import { readFile, writeFile } from "node:fs/promises";
import { describeSettings } from "../node/configuration/index.ts";

const target = new URL("../docs/configuration.md", import.meta.url);
const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ");
const rows = describeSettings().map(
  ({ path, standard, reason }) =>
    `| \`${path}\` | ${standard === undefined ? "" : `\`${cell(standard)}\``} | ${cell(reason)} |`,
);
const text = `# Settings

Made from the program's own descriptions by \`npm run settings-reference\`; do not edit.

A node reads one YAML file (\`wardline start --config FILE\`). Every setting has a default; unknown names and impossible
combinations are refused with the path of the mistake and what to write instead. Durations are written as \`10s\`, \`5m\`,
\`24h\`, \`7d\`; sizes as \`64KiB\`, \`32MiB\`. Paths are relative to the file. An example with what most organisations decide
for themselves: [config/examples/hotline.yaml](../config/examples/hotline.yaml).

| Setting | Default | What it is for, and why the default is what it is |
|---|---|---|
${rows.join("\n")}
`;

const current = await readFile(target, "utf8").catch(() => "");
if (!process.argv.includes("--check")) await writeFile(target, text);
else if (current !== text) {
  process.stderr.write("docs/configuration.md is not current: run `npm run settings-reference`.\n");
  process.exitCode = 1;
}
