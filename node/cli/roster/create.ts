/** `wardline roster create`: the root ceremony in one call, with software keys that lie in the folder: for trials. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { systemRandom, WardlineError } from "@wardline/protocol/encoding";
import { generateIdentityKey } from "@wardline/protocol/identity";
import { buildRoot, fileHash, signFile } from "@wardline/protocol/roster";
import { findTrust } from "./folder.ts";
import { writePlainKey } from "./key-file.ts";
import { publish } from "./publish.ts";
import { nextRoot } from "./root-draft.ts";
import { tell } from "./tell.ts";

/** Five root keys and three registrars in turn over the jurisdictions. Throws `cli/federation-exists`. */
export async function createFederation(
  folder: string,
  jurisdictions: readonly string[],
  now: number,
): Promise<void> {
  if (await findTrust(folder, now)) {
    throw new WardlineError("cli/federation-exists", "There is a federation in this folder already.", {
      advice: "Choose another --folder; a federation's first root is made once.",
    });
  }
  await mkdir(join(folder, "keys"), { recursive: true, mode: 0o700 });
  const holders = [...holdersOf("root", 5, jurisdictions), ...holdersOf("registrar", 3, jurisdictions)];
  for (const { role, key, name } of holders)
    await writePlainKey(join(folder, "keys", `${name}.key`), { role, key });
  const bytes = buildRoot(nextRoot(undefined, holders, { drop: [], resolve: [] }, now));
  const federation = fileHash({ bytes, signatures: [] });
  const roots = holders.filter(({ role }) => role === "root");
  const signatures = roots.map(({ key }) => signFile("root", bytes, federation, key));
  await publish(folder, undefined, { bytes, signatures }, now);
  tell(`Federation: ${federation}`, `Root and software keys for trials lie in ${folder}.`);
  tell("Next: candidates run `wardline init --federation …`; then `wardline roster add candidate.json …`.");
}

function holdersOf(role: "root" | "registrar", count: number, jurisdictions: readonly string[]) {
  return Array.from({ length: count }, (_, index) => {
    const key = generateIdentityKey(systemRandom);
    const jurisdiction = jurisdictions[index % jurisdictions.length] ?? "";
    const holder = `software key ${index + 1}`;
    return { role, key, public: key.public, holder, jurisdiction, name: `${role}-${index + 1}` };
  });
}
