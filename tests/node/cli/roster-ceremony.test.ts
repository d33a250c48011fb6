/** A federation made by people on machines of their own: root, members, changes, rotation; all by real commands. */
import { readFile, stat, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { acceptInvite } from "@wardline/protocol/roster";
import { createMachines, holders, makeKeys, signAndGather, take, type Machines } from "./roster-machines.ts";

let machines: Machines;
let words: Map<string, string>;
let federation = "";
beforeAll(async () => {
  machines = await createMachines();
  words = await makeKeys(machines);
});
afterAll(() => machines.remove());

const publics = [...Object.keys(holders.root), ...Object.keys(holders.registrar)].map(
  (name) => `${name}.public.json`,
);
const everybody = [...Object.keys(holders.root), ...Object.keys(holders.registrar)];
const json = async (path: string) => JSON.parse(await readFile(machines.path(path), "utf8"));
const memberIds: Record<string, string> = {};

describe("the root ceremony", () => {
  it("leaves each secret sealed with its holder", async () => {
    const path = machines.path("ada/root.key");
    expect((await stat(path)).mode & 0o077).toBe(0);
    expect(Object.keys(await json("ada/root.key"))).toEqual(["type", "role", "sealed"]);
    const again = await machines.run(
      "ada",
      "roster key --role root --jurisdiction SE --holder ada --key-file ../ada.token",
    );
    expect(again.err).toContain("cli/key-exists");
    const weak = await machines.run("x", "roster key --role root --jurisdiction SE --holder x", {
      stdin: "short\n",
    });
    expect(weak.err).toContain("vault/weak-passphrase");
    for (const described of ["", " --holder x --jurisdiction Sweden"]) {
      const nobody = await machines.run("x", `roster key --role root --key-file ../x.token${described}`);
      expect(nobody.err).toContain("cli/incomplete");
    }
    const stdin = "five words made by dice\n";
    const typed = await machines.run("x", "roster key --role root --jurisdiction SE --holder x", { stdin });
    expect([typed.code, typed.err]).toEqual([0, ""]);
  });

  it("refuses a public file that was altered, and too weak a root", async () => {
    const altered = await json("desk/eva.public.json");
    await writeFile(machines.path("desk/altered.json"), JSON.stringify({ ...altered, jurisdiction: "BE" }));
    const draft = (files: string) => machines.run("desk", `roster draft-root ${files}`);
    expect((await draft(publics.join(" ").replace("eva.public", "altered"))).err).toContain("cli/not-proven");
    expect((await draft(publics.slice(1, 4).join(" "))).err).toContain("roster/weak-threshold");
    expect((await draft("ada.public.json missing.json")).err).toContain("cli/not-a-public-key");
  });

  it("drafts a root of five holders and three registrars, with their words", async () => {
    const { out, err } = await machines.run("desk", `roster draft-root ${publics.join(" ")}`);
    expect(err).toBe("");
    for (const name of everybody) expect(out).toContain(words.get(name));
    expect((await machines.run("desk", "roster draft-root ada.public.json")).err).toContain(
      "cli/draft-waits",
    );
  });

  it("shows each holder what the draft says, before they sign", async () => {
    await machines.carry("desk/federation/draft.json", "ada/draft.json");
    const { out } = await machines.run("ada", "roster show --file draft.json");
    expect(out).toContain("The next root needs 3 of 5 keys, in at least 3 jurisdictions:");
    expect(out).toContain("A roster needs 2 of 3 keys, in at least 2 jurisdictions:");
    expect(out).toContain("missing  NL  eva");
    const desk = await machines.run("desk", "roster show --file federation/draft.json");
    expect(/Words of this file: (.+)/.exec(out)?.[1]).toBe(/Words of this file: (.+)/.exec(desk.out)?.[1]);
  });

  it("waits for three keys of three countries, and refuses signatures of others", async () => {
    const two = await signAndGather(machines, ["ada", "bo"], { role: "root" });
    expect(two.out).toContain("2 signature(s) so far. roster/threshold");
    const oneShort = await signAndGather(machines, ["cy"], { role: "root" });
    expect(oneShort.out).toContain("3 signature(s) so far. roster/one-jurisdiction");
    expect(oneShort.out).toContain("signed   NO  cy");
    await machines.carry("desk/federation/draft.json", "tor/draft.json");
    const sign = "roster sign --file draft.json --key registrar.key --key-file ../tor.token";
    expect((await machines.run("tor", sign)).err).toContain("cli/not-a-signer");
    expect((await machines.run("tor", sign.replace("tor.token", "ada.token"))).err).toContain(
      "cli/wrong-key",
    );
    expect((await machines.run("tor", sign.replace(" --key-file ../tor.token", ""))).err).toContain(
      "cli/locked",
    );
    await machines.carry("desk/federation/draft.json", "x/draft.json");
    const typed = (stdin: string) =>
      machines.run("x", "roster sign --file draft.json --key root.key", { stdin });
    expect((await typed("another passphrase\n")).err).toContain("cli/wrong-key");
    expect((await typed("five words made by dice\n")).err).toContain("cli/not-a-signer");
    const file = await json("desk/ada.signed.json");
    const [signature] = file.signatures;
    const forged = { ...file, signatures: [{ ...signature, ed25519: "A".repeat(86) + "==" }] };
    await writeFile(machines.path("desk/forged.json"), JSON.stringify(forged));
    expect((await machines.run("desk", "roster gather forged.json")).err).toContain("cli/bad-signature");
  });

  it("is complete with the third country", async () => {
    const { out } = await signAndGather(machines, ["eva"], { role: "root" });
    expect(out).toContain("Root version 1 is complete.");
    federation = /Federation: ([0-9a-f]{64})/.exec(out)?.[1] ?? "";
    expect((await take(machines, "ada", ["root.json"])).err).toContain("cli/which-federation");
    expect((await take(machines, "ada", ["root.json"], ` --federation ${"0".repeat(64)}`)).err).toContain(
      "cli/which-federation",
    );
    const taken = await Promise.all(
      everybody.map((name) => take(machines, name, ["root.json"], ` --federation ${federation}`)),
    );
    expect(taken.map(({ out: said }) => said)).toEqual(everybody.map(() => "Taken: root version 1\n"));
  });
});

async function joiner(name: string, country: string): Promise<void> {
  const described = `--federation ${federation} --member-name Member_${name} --country ${country} --kind hotline`;
  await machines.run(name, `init --admin ada ${described}`, { stdin: "a long enough passphrase\n" });
  await machines.carry(`${name}/candidate.json`, `desk/${name}.json`);
  memberIds[name] = (await json(`desk/${name}.json`)).member;
  const key = `roster key --role freshness --federation ${federation} --member ${memberIds[name]} --key-file ../${name}.token`;
  await machines.run(name, key);
  await machines.carry(`${name}/freshness.public.json`, `desk/${name}.freshness.json`);
}

describe("joining", () => {
  it("brings candidates with proofs of all their keys, and freshness keys made by members", async () => {
    await Promise.all([joiner("one", "SE"), joiner("two", "NO"), joiner("three", "NL")]);
    const candidate = await json("desk/one.json");
    const stolen = { ...candidate, proofs: { ...candidate.proofs, log: candidate.proofs.witness } };
    await writeFile(machines.path("desk/stolen.json"), JSON.stringify(stolen));
    expect((await machines.run("desk", "roster add stolen.json")).err).toContain("roster/possession");
    // A name must not be able to hide lines of what a registrar reads.
    await writeFile(
      machines.path("desk/sly.json"),
      JSON.stringify({ ...candidate, name: "One\u001b[2K\nyes" }),
    );
    const sly = await machines.run("desk", "roster add sly.json");
    expect(sly.out).toContain("One\uFFFD[2K\uFFFDyes (SE, hotline)");
    await machines.run("desk", "roster discard");
    const { out, err } = await machines.run(
      "desk",
      "roster add one.json two.json three.json one.freshness.json two.freshness.json three.freshness.json",
    );
    expect(err).toBe("");
    expect(out).toContain("Freshness key of Member one");
    expect((await machines.run("desk", "roster add one.json")).err).toContain("cli/member-listed");
  });

  it("is signed by registrars of two countries who confirm the twelve words", async () => {
    await machines.carry("desk/federation/draft.json", "rut/draft.json");
    const sign = "roster sign --file draft.json --key registrar.key --key-file ../rut.token";
    const refused = await machines.run("rut", sign, { stdin: "maybe\n" });
    expect(refused.err).toContain("cli/words-not-confirmed");
    expect((await machines.run("rut", sign)).err).toContain("cli/words-not-confirmed");
    expect(refused.out).toContain("+ Member one (SE, hotline)");
    const node = await machines.run(
      "one",
      `candidate --federation ${federation} --member-name X --country SE --kind hotline --out x.json`,
    );
    expect(refused.out).toContain(`words: ${/((?:[a-z]{5} ){11}[a-z]{5})/.exec(node.out)?.[1]}`);
    expect((await machines.run("rut", sign, { stdin: "yes\n" })).out).toContain(
      "Signed. Carry draft.signed-",
    );

    const oneCountry = await signAndGather(machines, ["rut", "sam"]);
    expect(oneCountry.out).toContain("2 signature(s) so far. roster/one-jurisdiction");
    expect((await take(machines, "ada", ["draft.json"])).err).toContain("roster/one-jurisdiction");
    const { out } = await signAndGather(machines, ["tor"]);
    expect(out).toContain("Roster version 1 is complete.");
  });

  it("has its freshness signed by two members, and ends in an invite with a lowest version", async () => {
    for (const name of ["one", "two"])
      await take(machines, name, ["root.json", "roster.json"], ` --federation ${federation}`);
    const begun = await machines.run("desk", "roster publish-freshness");
    expect(begun.out).toContain("0 signature(s) so far. roster/threshold");
    const { out } = await signAndGather(machines, ["one", "two"], { role: "freshness" });
    expect(out).toContain("Freshness version 1 is complete.");
    const invite = await readFile(machines.path("desk/federation/invite.json"));
    expect(acceptInvite(invite, Date.now()).floor).toBe(1);
    await machines.carry("desk/federation/invite.json", "one/invite.json");
    expect((await machines.run("one", "join invite.json")).out).toContain("Joined.");
  });
});

describe("changes", () => {
  const published = async (args: string) => {
    const files = ["roster.json"];
    for (const name of ["rut", "tor"]) await take(machines, name, files);
    expect((await machines.run("desk", `roster ${args}`)).err).toBe("");
    await machines.carry("desk/federation/draft.json", "rut/draft.json");
    const shown = await machines.run("rut", "roster show --file draft.json");
    expect((await signAndGather(machines, ["rut", "tor"])).out).toContain("is complete.");
    return shown.out;
  };
  const one = () => memberIds["one"] ?? "";

  it("of contact, capabilities, status and keys are shown, signed and published", async () => {
    const facts = await published(`change ${one()} --contact +46_8_000 --capabilities send,receive,witness`);
    expect(facts).toContain("contact: none → +46 8 000");
    expect(facts).toContain("capabilities: send, receive, material → send, receive, witness");
    expect(await published(`suspend ${one().slice(0, 8)}`)).toContain("status: active → suspended");
    expect(await published(`reinstate ${one()}`)).toContain("status: suspended → active");
    expect((await machines.run("desk", `roster suspend 12345678`)).err).toContain("cli/no-such-member");
  });

  it("of a member's keys come from its new node, with proof, and its old key ends", async () => {
    expect((await machines.run("desk", `roster rotate ${one()} two.json`)).err).toContain("cli/other-member");
    const described = `--federation ${federation} --member-name Member_one --country SE --kind hotline`;
    await machines.run("one-again", `init --admin ada ${described} --member ${one()}`, {
      stdin: "a long enough passphrase\n",
    });
    await machines.carry("one-again/candidate.json", "desk/one-again.json");
    expect((await machines.run("desk", `roster rotate ${one()} one.json`)).err).toContain("cli/key-known");
    const shown = await published(`rotate ${one()} one-again.json --cutoff 2026-01-01T00:00Z`);
    expect(shown).toMatch(/identity key [0-9a-f]{16}: new, until/);
    expect(shown).toMatch(/identity key [0-9a-f]{16}: cut off at 2026-01-01 00:00 UTC/);
    expect(shown).toContain("log key: a new one");
    expect(shown).toMatch(/words: (?:[a-z]{5} ){11}[a-z]{5}/);
  });

  it("of the root need the thresholds of the old and of the new", async () => {
    await machines.run(
      "fay",
      "roster key --role root --jurisdiction NL --holder eva --key-file ../fay.token",
    );
    await machines.run(
      "uma",
      "roster key --role registrar --jurisdiction NL --holder uma --key-file ../uma.token",
    );
    await machines.carry("fay/root.public.json", "desk/fay.public.json");
    await machines.carry("uma/registrar.public.json", "desk/uma.public.json");
    const listed = await machines.run("desk", "roster show --file federation/root.json");
    const dropped = /SE {2}sam {2}key ([0-9a-f]{16})/.exec(listed.out)?.[1] ?? "";
    const { out, err } = await machines.run(
      "desk",
      `roster draft-root fay.public.json uma.public.json --drop ${dropped}`,
    );
    expect([err, out.includes("NL  uma")]).toEqual(["", true]);
    await take(machines, "fay", ["root.json"], ` --federation ${federation}`);
    const own = await signAndGather(machines, ["ada", "cy", "fay"], { role: "root" });
    expect(own.out).toContain("3 signature(s) so far. roster/threshold");
    const shown = await machines.run("desk", "roster show");
    expect(shown.out).toContain(`- SE  sam  key ${dropped}`);
    expect(shown.out).toContain("Needs 3 keys of the root in force in 3 jurisdictions:\n  signed   SE  ada");
    const both = await signAndGather(machines, ["eva"], { role: "root" });
    expect(both.out).toContain("Root version 2 is complete.");
    // The roster in force was signed under root 1; the next one needs the registrars of root 2.
    expect((await machines.run("desk", "roster renew")).err).toBe("");
    await take(machines, "uma", ["root.json", "roster.json"], ` --federation ${federation}`);
    for (const name of ["uma", "rut", "sam"]) await take(machines, name, ["root-2.json", "roster.json"]);
    await machines.carry("desk/federation/draft.json", "sam/draft.json");
    const former = await machines.run(
      "sam",
      "roster sign --file draft.json --key registrar.key --key-file ../sam.token",
    );
    expect(former.err).toContain("cli/not-a-signer");
    expect((await signAndGather(machines, ["rut", "uma"])).out).toContain("Invite for those who join");
  });

  it("that revoke a member are for ever", async () => {
    await take(machines, "tor", ["root-2.json", "roster.json"]);
    const wrong = await machines.run("desk", `roster revoke ${memberIds["one"]} --cutoff tomorrow`);
    expect([wrong.code, wrong.err.includes("Give a time in the past")]).toEqual([2, true]);
    const feed = `${"a".repeat(64)}:1:7:${"b".repeat(64)}`;
    const shown = await published(`revoke ${memberIds["one"]} --cutoff 2026-01-01T00:00Z --feed ${feed}`);
    expect(shown).toContain("status: active → revoked");
    expect((await machines.run("desk", `roster reinstate ${memberIds["one"]}`)).err).toContain("cli/revoked");
    expect((await machines.run("desk", "roster discard")).code).toBe(0);
  });
});
