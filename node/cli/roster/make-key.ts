/** `wardline roster key`: a holder makes a key pair on a machine of their own. */
import { writeFile } from "node:fs/promises";
import { systemRandom, WardlineError } from "@wardline/protocol/encoding";
import { generateIdentityKey, type IdentitySecretKey } from "@wardline/protocol/identity";
import { writeSealedKey } from "./key-file.ts";
import type { KeyRole } from "./options.ts";
import { describeFreshness, describeHolder, parsePublicKey, wordsOfKey } from "./public-key.ts";
import { tell } from "./tell.ts";

export interface NewKey {
  readonly role: KeyRole;
  readonly holder?: string;
  readonly jurisdiction?: string;
  readonly federation?: string;
  readonly member?: string;
  readonly keyFile?: string;
  readonly out?: string;
}

/** Writes `OUT.key`, sealed, and `OUT.public.json`. Throws `cli/incomplete`, and as `writeSealedKey`. */
export async function makeKey(options: NewKey): Promise<void> {
  const { role, member, keyFile, out = role } = options;
  const key = generateIdentityKey(systemRandom);
  const described = describe(key, options);
  await writeSealedKey(`${out}.key`, { role, ...(role === "freshness" && { member }), key }, keyFile);
  await writeFile(`${out}.public.json`, described);
  tell(`Secret key: ${out}.key. It never leaves your hands: keep a copy in a safe.`);
  tell(`Public file, for the coordinator: ${out}.public.json`);
  tell("Words to read out when the coordinator calls:", `  ${wordsOfKey(key.public)}`);
}

function describe(key: IdentitySecretKey, options: NewKey): string {
  const { role, holder, jurisdiction, federation, member } = options;
  if (role !== "freshness" && holder !== undefined && jurisdiction !== undefined) {
    const described = describeHolder(key, { role, holder, jurisdiction });
    if (parsePublicKey(described)) return described;
  }
  if (role === "freshness" && federation !== undefined && member !== undefined) {
    const described = describeFreshness(key, { federation, member });
    if (parsePublicKey(described)) return described;
  }
  throw new WardlineError("cli/incomplete", "The public file has to say whose key this is.", {
    advice:
      "Give --holder and --jurisdiction (two capital letters) for a root or registrar key, --federation and --member (their ids) for a freshness key.",
  });
}
