import { describe, expect, test } from "vitest";
import {
  acceptFreshness,
  acceptRoster,
  acceptSuspension,
  evidenceOf,
  fileHash,
  freshnessOf,
  keepEvidence,
  member,
  type Freshness,
} from "@wardline/protocol/roster";
import { codeOf, errorOf, given } from "../../support/codes.ts";
import * as w from "./world.ts";

const fresh = (change: Partial<Freshness> = {}, by?: readonly number[]) =>
  w.signFreshness(w.freshnessOfFile(w.rosterFile, change), by);
const refused = (change: Partial<Freshness>, by?: readonly number[]) =>
  codeOf(() => acceptFreshness(w.trusting, fresh(change, by), w.now));
const statusOf = (trust: typeof w.trusting, id: string) => member(trust, id)?.status;

describe("who may sign", () => {
  test("two freshness keys of members of different jurisdictions, each counted once", () => {
    expect(refused({ version: 2 }, [0])).toBe("roster/threshold");
    expect(refused({ version: 2 }, [1, 2])).toBe("roster/one-jurisdiction");
    expect(refused({ version: 2 }, [0, 0])).toBe("roster/threshold");
    expect(refused({ version: 2 }, [0, 2])).toBeUndefined();
  });

  test("the key of a member that the roster suspends counts for nothing", () => {
    const file = w.signRoster(w.next(w.withMember(w.c, { status: "suspended" })));
    const trust = acceptRoster(w.trusting, file, w.now);
    const pinned = (by: number[]) => w.signFreshness(w.freshnessOfFile(file, { rosterVersion: 6 }), by);
    expect(codeOf(() => acceptFreshness(trust, pinned([0, 2]), w.now))).toBe("roster/threshold");
    expect(codeOf(() => acceptFreshness(trust, pinned([0, 1]), w.now))).toBeUndefined();
  });

  test("not the registrars, and not without a roster", () => {
    const file = w.sign("freshness", w.freshnessFile.bytes, w.registrars);
    expect(codeOf(() => acceptFreshness(w.listed, file, w.now))).toBe("roster/threshold");
    expect(codeOf(() => acceptFreshness(w.rooted, w.freshnessFile, w.now))).toBe("roster/no-roster");
    expect(refused({ federation: "00".repeat(32) })).toBe("roster/federation");
  });
});

describe("what it pins", () => {
  test("mix-and-match: freshness for another roster of the same version is refused", () => {
    expect(refused({ version: 2, rosterHash: "00".repeat(32) })).toBe("roster/mix-and-match");
  });

  test("a newer roster is fetched first; freshness for an older one is a rollback", () => {
    expect(refused({ rosterVersion: 6 })).toBe("roster/unknown-roster");
    expect(refused({ rosterVersion: 4 })).toBe("roster/rollback");
  });
});

describe("its version", () => {
  const second = acceptFreshness(w.trusting, fresh({ version: 2 }), w.now);

  test("never falls; the held file is taken again without effect", () => {
    expect(codeOf(() => acceptFreshness(second, w.freshnessFile, w.now))).toBe("roster/rollback");
    expect(acceptFreshness(second, fresh({ version: 2 }, [0, 2]), w.now)).toBe(second);
  });

  test("two files of one version are refused and kept as evidence, without stopping the node", () => {
    const other = fresh({ version: 2, suspended: [w.c] });
    const error = errorOf(() => acceptFreshness(second, other, w.now));
    const evidence = given(evidenceOf(error));
    expect(evidence).toMatchObject({ kind: "freshness", version: 2, second: other });
    const kept = keepEvidence(second, evidence);
    expect(kept.evidence).toHaveLength(1);
    expect(freshnessOf(kept, w.now)).toBe("current");
  });

  test("fast-forward: a stolen counter is left behind by the next roster", () => {
    const spent = acceptFreshness(w.trusting, fresh({ version: Number.MAX_SAFE_INTEGER }), w.now);
    expect(codeOf(() => acceptFreshness(spent, fresh({ version: 3 }), w.now))).toBe("roster/rollback");
    const file = w.signRoster(w.next());
    const moved = acceptRoster(spent, file, w.now);
    const again = w.signFreshness(w.freshnessOfFile(file, { rosterVersion: 6, version: 1 }));
    expect(acceptFreshness(moved, again, w.now).freshness?.value.version).toBe(1);
  });

  test("a file of the next roster that is older in time undoes no suspension", () => {
    const suspended = acceptFreshness(w.trusting, fresh({ version: 2, suspended: [w.c] }), w.now);
    const file = w.signRoster(w.next());
    const moved = acceptRoster(suspended, file, w.now);
    expect(statusOf(moved, w.c)).toBe("suspended");
    const pin = { rosterVersion: 6, created: w.now - 2 * w.hour };
    const older = w.signFreshness(w.freshnessOfFile(file, pin));
    expect(codeOf(() => acceptFreshness(moved, older, w.now))).toBe("roster/rollback");
    const newer = w.signFreshness(w.freshnessOfFile(file, { ...pin, created: w.now }));
    expect(statusOf(acceptFreshness(moved, newer, w.now), w.c)).toBe("active");
  });
});

describe("its life", () => {
  test("24 hours at most, not from the future, not expired", () => {
    const life = (created: number, expires: number) => refused({ version: 2, created, expires });
    expect(life(w.now, w.now + 25 * w.hour)).toBe("roster/lives-too-long");
    expect(life(w.now, w.now)).toBe("roster/lives-too-long");
    expect(life(w.now + 6 * 60_000, w.now + w.hour)).toBe("roster/from-the-future");
    expect(life(w.now + 4 * 60_000, w.now + w.hour)).toBeUndefined();
    expect(life(w.now - w.hour / 2, w.now)).toBe("roster/expired");
  });

  test("freeze: without news, trust goes stale after 24 hours and ends 48 hours later", () => {
    const end = w.now + 23 * w.hour;
    const at = (time: number) => freshnessOf(w.trusting, time);
    expect([at(w.now), at(end - 1)]).toEqual(["current", "current"]);
    expect([at(end), at(end + 48 * w.hour - 1)]).toEqual(["stale", "stale"]);
    expect(at(end + 48 * w.hour)).toBe("expired");
    expect(codeOf(() => acceptFreshness(w.listed, w.freshnessFile, end))).toBe("roster/expired");
  });

  test("without freshness, or past the roster's or the root's end, nothing is current", () => {
    expect(freshnessOf(w.rooted, w.now)).toBe("expired");
    expect(freshnessOf(w.listed, w.now)).toBe("expired");
    const short = w.signRoster(w.next({ ...w.roster, expires: w.now + w.hour }));
    const trust = acceptRoster(w.trusting, short, w.now);
    expect(freshnessOf(trust, w.now)).toBe("current");
    expect(freshnessOf(trust, w.now + w.hour)).toBe("expired");
  });
});

describe("suspension", () => {
  const suspended = acceptSuspension(w.trusting, w.signSuspension(w.suspension([w.c])), w.now);

  test("the freshness file lists every one", () => {
    const trust = acceptFreshness(w.trusting, fresh({ version: 2, suspended: [w.c] }), w.now);
    expect([statusOf(trust, w.b), statusOf(trust, w.c)]).toEqual(["active", "suspended"]);
    const lifted = acceptFreshness(trust, fresh({ version: 3 }), w.now);
    expect(statusOf(lifted, w.c)).toBe("active");
  });

  test("an emergency suspension works at once, and a freshness file that does not know of it lifts nothing", () => {
    expect(statusOf(suspended, w.c)).toBe("suspended");
    const unaware = acceptFreshness(suspended, fresh({ version: 2, created: w.now }), w.now);
    expect(statusOf(unaware, w.c)).toBe("suspended");
    expect(acceptSuspension(suspended, given(suspended.suspensions[0]).file, w.now)).toBe(suspended);
  });

  test("a flood of them pushes no other out, and does not grow", () => {
    let trust = suspended;
    for (let minute = 1; minute <= 20; minute++) {
      const expires = w.now + 71 * w.hour + minute * 60_000;
      trust = acceptSuspension(trust, w.signSuspension(w.suspension([w.a], { expires })), w.now);
    }
    expect([statusOf(trust, w.a), statusOf(trust, w.c)]).toEqual(["suspended", "suspended"]);
    expect(trust.suspensions).toHaveLength(2);
  });

  test("it runs out after 72 hours", () => {
    const later = w.now + 72 * w.hour;
    const daily = w.freshnessOfFile(w.rosterFile, { version: 9, created: later, expires: later + w.hour });
    const trust = acceptFreshness(suspended, w.signFreshness(daily), later);
    expect(trust.suspensions).toEqual([]);
    expect(statusOf(trust, w.c)).toBe("active");
  });

  test("a revoked member stays revoked", () => {
    const revoked = acceptRoster(
      suspended,
      w.signRoster(w.next(w.withMember(w.i, { status: "revoked" }))),
      w.now,
    );
    const both = acceptSuspension(revoked, w.signSuspension(w.suspension([w.i, w.a])), w.now);
    expect([statusOf(both, w.i), statusOf(both, w.a), statusOf(both, w.c)]).toEqual([
      "revoked",
      "suspended",
      "suspended",
    ]);
  });

  test.each<[string, string, Partial<ReturnType<typeof w.suspension>>, number[]?]>([
    ["signed by one", "threshold", {}, [0]],
    ["of one jurisdiction", "one-jurisdiction", {}, [1, 2]],
    ["for 73 hours", "lives-too-long", { expires: w.now + 73 * w.hour }],
    ["from the future", "from-the-future", { created: w.now + w.hour }],
    ["run out", "expired", { created: w.now - w.hour, expires: w.now }],
    ["of nobody", "unknown-member", { members: ["00".repeat(16)] }],
    ["of another federation", "federation", { federation: "00".repeat(32) }],
  ])("refused: %s", (_name, code, change, by) => {
    const file = w.signSuspension(w.suspension([w.c], change), by);
    expect(codeOf(() => acceptSuspension(w.trusting, file, w.now))).toBe(`roster/${code}`);
  });

  test("a freshness signature is not one for a suspension", () => {
    const file = w.signSuspension(w.suspension([w.c]));
    const wrong = w.sign("freshness", file.bytes, w.freshnessKeys);
    expect(codeOf(() => acceptSuspension(w.trusting, wrong, w.now))).toBe("roster/threshold");
    expect(fileHash(wrong)).toBe(fileHash(file));
  });
});
