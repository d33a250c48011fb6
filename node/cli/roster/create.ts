/** `wardline roster create`: a root from software keys, for trials. A real root is made by its holders in a room together. */
import { systemRandom } from "@wardline/protocol/encoding";
import { generateIdentityKey } from "@wardline/protocol/identity";
import { buildRoot, fileHash, signFile, type FederationFile } from "@wardline/protocol/roster";
import { makeFolder, writeFederationFile, writeKey } from "./folder.ts";
import { say } from "../terminal.ts";

const hour = 3_600_000;
const day = 24 * hour;

export async function createFederation(
  folder: string,
  jurisdictions: readonly string[],
  now: number,
): Promise<void> {
  await makeFolder(folder);
  const keysOf = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      key: generateIdentityKey(systemRandom),
      holder: `software key ${index + 1}`,
      jurisdiction: jurisdictions[index % jurisdictions.length] ?? "",
    }));
  const [roots, registrars] = [keysOf(5), keysOf(3)];
  const listed = ({ key, holder, jurisdiction }: ReturnType<typeof keysOf>[number]) => ({
    ...{ public: key.public, holder, jurisdiction },
  });
  const bytes = buildRoot({
    version: 1,
    created: now,
    expires: now + 730 * day,
    root: { threshold: 3, jurisdictions: 3, keys: roots.map(listed) },
    registrars: {
      threshold: 2,
      jurisdictions: 2,
      keys: registrars.map((one) => ({ ...listed(one), from: now - hour, until: now + 365 * day })),
    },
    resolved: [],
  });
  const federation = fileHash({ bytes, signatures: [] });
  const file: FederationFile = {
    bytes,
    signatures: roots.map(({ key }) => signFile("root", bytes, federation, key)),
  };
  for (const [index, { key }] of roots.entries())
    await writeKey(folder, `root-${index + 1}`, { role: "root", key });
  for (const [index, { key }] of registrars.entries()) {
    await writeKey(folder, `registrar-${index + 1}`, { role: "registrar", key });
  }
  await writeFederationFile(folder, "root", file);
  say(`Federation: ${federation}`, `Root and software keys for trials lie in ${folder}.`);
  say("Next: candidates run `wardline init --federation …`; then `wardline roster add candidate.json …`.");
}
