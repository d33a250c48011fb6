import { describe, expect, test } from "vitest";
import { generateIdentityKey, type IdentitySecretKey } from "@wardline/protocol/identity";
import {
  acceptRoot,
  acceptRoster,
  evidenceOf,
  fileHash,
  startTrust,
  type Root,
} from "@wardline/protocol/roster";
import { codeOf, errorOf, given } from "../../support/codes.ts";
import { seededRandom } from "../../support/seeded.ts";
import * as w from "./world.ts";

const refused = (value: Root, by?: readonly number[]) =>
  codeOf(() => startTrust(w.signRoot(value, by), w.now));
const second: Root = { ...w.root, version: 2 };

describe("the first root", () => {
  test("its hash is the federation id", () => {
    expect(w.rooted.federationId).toBe(fileHash(w.rootFile));
  });

  test("needs three keys in three jurisdictions, each counted once", () => {
    expect(refused(w.root, [0, 1])).toBe("roster/threshold");
    expect(refused(w.root, [0, 1, 3])).toBe("roster/one-jurisdiction");
    expect(refused(w.root, [2, 3, 4])).toBeUndefined();
    const [one, two] = w.rootFile.signatures;
    const doubled = { ...w.rootFile, signatures: [one, two, one, two].filter((each) => each !== undefined) };
    expect(codeOf(() => startTrust(doubled, w.now))).toBe("roster/threshold");
  });

  test("is the first, and not from the future", () => {
    expect(codeOf(() => startTrust(w.signRoot(second), w.now))).toBe("roster/not-the-first");
    expect(codeOf(() => startTrust(w.rootFile, w.root.created - w.hour))).toBe("roster/from-the-future");
    expect(codeOf(() => startTrust(w.rootFile, w.root.created - 4 * 60_000))).toBeUndefined();
  });

  /** Changing the first root changes the federation, so it is signed for the changed one. */
  function changed(change: Partial<Root>): string | undefined {
    const changedSecond = w.signRoot({ ...second, ...change });
    return codeOf(() => acceptRoot(w.rooted, changedSecond, w.now));
  }

  test.each<[string, string, Partial<Root>]>([
    ["two keys are no root", "weak-threshold", { root: { ...w.root.root, threshold: 2 } }],
    ["two jurisdictions are no root", "weak-threshold", { root: { ...w.root.root, jurisdictions: 2 } }],
    ["one registrar rules alone", "weak-threshold", { registrars: { ...w.root.registrars, threshold: 1 } }],
    [
      "registrars of one country",
      "weak-threshold",
      { registrars: { ...w.root.registrars, jurisdictions: 1 } },
    ],
    ["more signatures than keys", "weak-threshold", { registrars: { ...w.root.registrars, threshold: 4 } }],
    [
      "more jurisdictions than there are",
      "weak-threshold",
      { registrars: { ...w.root.registrars, jurisdictions: 3 } },
    ],
    ["a life of three years", "lives-too-long", { expires: w.root.created + 1096 * w.day }],
    ["an end before its beginning", "lives-too-long", { expires: w.root.created }],
    ["a registrar of two years", "lives-too-long", { registrars: longRegistrar() }],
    ["a root key that is a registrar's", "key-in-two-rows", { registrars: sharing("both") }],
    ["half a key that is a registrar's", "key-in-two-rows", { registrars: sharing("half") }],
  ])("a successor is refused: %s", (_name, code, change) => {
    expect(changed(change)).toBe(`roster/${code}`);
  });

  function longRegistrar(): Root["registrars"] {
    const [first, ...others] = w.root.registrars.keys;
    return {
      ...w.root.registrars,
      keys: [...others, { ...given(first), until: given(first).from + 400 * w.day }],
    };
  }

  function sharing(what: "both" | "half"): Root["registrars"] {
    const [first, ...others] = w.root.registrars.keys;
    const taken = given(w.rootKeys[0]).public;
    const key = what === "both" ? taken : { ...given(first).public, mldsa65: taken.mldsa65 };
    return { ...w.root.registrars, keys: [...others, { ...given(first), public: key }] };
  }
});

describe("the chain of roots", () => {
  const random = seededRandom("new root keys");
  const fresh: IdentitySecretKey[] = [0, 1, 2].map(() => generateIdentityKey(random));
  const handed: Root = {
    ...second,
    root: {
      ...w.root.root,
      keys: fresh.map((key, at) => ({
        public: key.public,
        holder: "New",
        jurisdiction: ["AA", "BB", "CC"][at] ?? "",
      })),
    },
  };
  const signHanded = (keys: readonly IdentitySecretKey[]) => {
    const [first] = [w.signRoot(handed, [])];
    return w.sign("root", first.bytes, keys);
  };

  test("the next root is signed by the thresholds of the old one and of its own", () => {
    const old = w.rootKeys.slice(0, 3);
    expect(codeOf(() => acceptRoot(w.rooted, signHanded(old), w.now))).toBe("roster/threshold");
    expect(codeOf(() => acceptRoot(w.rooted, signHanded(fresh), w.now))).toBe("roster/threshold");
    expect(codeOf(() => acceptRoot(w.rooted, signHanded([...old, ...fresh.slice(1)]), w.now))).toBe(
      "roster/threshold",
    );
    const accepted = acceptRoot(w.rooted, signHanded([...old, ...fresh]), w.now);
    expect(accepted.roots.map((held) => held.value.version)).toEqual([1, 2]);
    expect(accepted.federationId).toBe(w.federation);
  });

  test("a version in between is not skipped; what is held is taken again without effect", () => {
    expect(codeOf(() => acceptRoot(w.rooted, w.signRoot({ ...w.root, version: 3 }), w.now))).toBe(
      "roster/gap",
    );
    const accepted = acceptRoot(w.rooted, w.signRoot(second), w.now);
    expect(acceptRoot(accepted, w.rootFile, w.now)).toBe(accepted);
    expect(acceptRoot(accepted, w.signRoot(second, [2, 3, 4]), w.now)).toBe(accepted);
  });

  test("the first root of another federation is no successor", () => {
    const foreign = w.signRoot({ ...w.root, created: w.root.created + 1 });
    expect(codeOf(() => acceptRoot(w.rooted, foreign, w.now))).toBe("roster/federation");
  });

  test("two different roots of one version are evidence", () => {
    const accepted = acceptRoot(w.rooted, w.signRoot(second), w.now);
    const other = w.signRoot({ ...second, expires: second.expires - 1 });
    const error = errorOf(() => acceptRoot(accepted, other, w.now));
    expect(evidenceOf(error)).toMatchObject({ kind: "root", version: 2, second: other });
    const unsigned = w.signRoot({ ...second, expires: second.expires - 1 }, [0]);
    expect(codeOf(() => acceptRoot(accepted, unsigned, w.now))).toBe("roster/threshold");
  });

  test("under a root past its end nothing is taken, until the next root arrives", () => {
    const later = w.root.expires + w.day;
    const old = startTrust(w.rootFile, later);
    const fresh = { ...w.roster, created: later - w.hour, expires: later + w.day };
    expect(codeOf(() => acceptRoster(old, w.signRoster(fresh), later))).toBe("roster/root-expired");
    const renewed = acceptRoot(old, w.signRoot(extended(later)), later);
    expect(
      codeOf(() =>
        acceptRoster(renewed, w.signRoster({ ...fresh, freshness: renewedFreshness(later) }), later),
      ),
    ).toBe(undefined);
  });

  function extended(later: number): Root {
    const keys = w.root.registrars.keys.map((key) => ({
      ...key,
      from: later - w.day,
      until: later + 99 * w.day,
    }));
    return {
      ...second,
      created: later,
      expires: later + 99 * w.day,
      registrars: { ...w.root.registrars, keys },
    };
  }

  function renewedFreshness(later: number) {
    const keys = w.roster.freshness.keys.map((key) => ({
      ...key,
      from: later - w.day,
      until: later + w.day,
    }));
    return { ...w.roster.freshness, keys };
  }
});
