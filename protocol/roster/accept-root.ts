/** Taking a new root: each is signed by the thresholds of the one before it and of its own. */
import { refusal } from "./fields.ts";
import { fileHash, type FederationFile } from "./file.ts";
import { twoOfOneVersion } from "./evidence.ts";
import { checkRoot, readRoot, type Root } from "./root.ts";
import { checkThreshold } from "./threshold.ts";
import { currentRoot, resolutionOf, type Trust } from "./trust.ts";

/**
 * Takes root N + 1, or any root already in the chain (nothing changes). What it resolves takes effect at once: a held
 * roster that the root did not name is put away, and the named one has to be given to `acceptRoster`.
 * Throws `roster/gap`, `roster/threshold`, `roster/one-jurisdiction`, `roster/two-of-one-version`, `roster/federation`
 * and what `checkRoot` throws.
 */
export function acceptRoot(trust: Trust, file: FederationFile, now: number): Trust {
  const root = readRoot(file.bytes);
  const known = trust.roots.find((held) => held.value.version === root.version);
  if (known && fileHash(known.file) === fileHash(file)) return trust;
  checkChain(trust, root);
  const before = trust.roots.find((held) => held.value.version === root.version - 1);
  for (const signer of [before?.value ?? root, root]) {
    checkThreshold("root", file, trust.federationId, signer.root, now);
  }
  if (known) {
    throw twoOfOneVersion({ kind: "root", version: root.version, first: known.file, second: file });
  }
  checkRoot(root, now);
  return applyResolution({ ...trust, roots: [...trust.roots, { file, value: root }] });
}

function checkChain(trust: Trust, root: Root): void {
  if (root.version === 1)
    throw refusal("root", "federation", "This is the first root of another federation.");
  if (root.version <= currentRoot(trust).value.version + 1) return;
  const advice = "Fetch the root files in between and take them in order.";
  throw refusal("root", "gap", "A root file in between is missing.", { version: root.version }, advice);
}

function applyResolution(trust: Trust): Trust {
  const { roster, freshness } = trust;
  if (!roster) return trust;
  const named = resolutionOf(trust, roster.value.version);
  if (named === undefined || named === fileHash(roster.file)) return trust;
  const pinsNamed = freshness?.value.rosterHash === named;
  return {
    ...trust,
    roster: undefined,
    freshness: pinsNamed ? freshness : undefined,
    floor: Math.max(trust.floor, roster.value.version),
  };
}
