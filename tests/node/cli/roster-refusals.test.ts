/** What a folder refuses, by name; and what it keeps as proof. The files are made by real commands with real keys. */
import { access, cp, readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { hex, sha256, unbase64 } from "@wardline/protocol/encoding";
import { buildRoster, decodeFile, encodeFile, readRoster, signFile } from "@wardline/protocol/roster";
import { readKey } from "../../../node/cli/roster/key-file.ts";
import { createMachines, type Machines } from "./roster-machines.ts";

/** A trial's folder on `desk`, copied to `fork`, whose registrars go on otherwise; `reader` takes what is published. */
let machines: Machines;
let federation = "";
const sign =
  "roster sign --words-confirmed --key federation/keys/registrar-1.key federation/keys/registrar-2.key";
const ok = async (machine: string, args: string, days = 0) => {
  const { code, out, err } = await machines.run(machine, args, { days });
  expect([args, code, err]).toEqual([args, 0, ""]);
  return out;
};
/** Takes files of a machine's folder, or says by which code they were refused. */
async function take(from: string, files: readonly string[], { days = 0, into = "reader" } = {}) {
  const paths = files.map((file) => (file.includes("/") ? file : `${from}/federation/${file}`));
  for (const path of paths) await machines.carry(path, `${into}/in/${path.replaceAll("/", "-")}`);
  const named = paths.map((path) => `in/${path.replaceAll("/", "-")}`).join(" ");
  const { code, out, err } = await machines.run(into, `roster take --federation ${federation} ${named}`, {
    days,
  });
  return code === 0 ? out : (/wardline: ([a-z-]+\/[a-z-]+):/.exec(err)?.[1] ?? err);
}

beforeAll(async () => {
  machines = await createMachines();
  federation = /Federation: ([0-9a-f]{64})/.exec(await ok("desk", "roster create"))?.[1] ?? "";
  await Promise.all(
    [
      ["one", "SE"],
      ["two", "NO"],
    ].map(([name, country]) =>
      machines.run(
        name ?? "",
        `init --admin ada --federation ${federation} --member-name ${name} --country ${country} --kind hotline`,
        { stdin: "a long enough passphrase\n" },
      ),
    ),
  );
  await ok("desk", "roster add ../one/candidate.json ../two/candidate.json");
  await ok("desk", sign);
  await ok("desk", "roster publish-freshness");
  await cp(machines.path("desk"), machines.path("fork"), { recursive: true });
  await cp(machines.path("desk/federation/roster.json"), machines.path("old/roster.json"));
  await cp(machines.path("desk/federation/freshness.json"), machines.path("old/freshness.json"));
  await ok("desk", "roster renew");
  await ok("desk", sign);
  await ok("desk", "roster publish-freshness");
  const { members } = readRoster(
    decodeFile(await readFile(machines.path("fork/federation/roster.json"))).bytes,
  );
  await ok("fork", `roster change ${members[0]?.id} --contact elsewhere`);
  await ok("fork", sign);
  await ok("fork", "roster publish-freshness");
  expect(await take("desk", ["root.json", "roster.json", "freshness.json"])).toContain(
    "Taken: freshness version 1",
  );
});
afterAll(() => machines.remove());

it("an older roster, and an older freshness file: rollback", async () => {
  expect(await take("old", ["old/roster.json"])).toBe("roster/rollback");
  expect(await take("old", ["old/freshness.json"])).toBe("roster/rollback");
  expect(await take("desk", ["roster.json"])).toContain("Held already: roster version 2");
});

it("freshness that has run out, and a roster that has: freeze", async () => {
  expect(await take("desk", ["root.json", "roster.json"], { into: "late" })).toContain("Taken: roster");
  expect(await take("desk", ["freshness.json"], { into: "late", days: 2 })).toBe("roster/expired");
  expect(await take("desk", ["root.json", "roster.json"], { into: "later", days: 91 })).toBe(
    "roster/expired",
  );
  const shown = await ok("reader", "roster show", 4);
  expect(shown).toMatch(/Freshness: missing; nodes count it as expired/);
  expect(await ok("reader", "roster show", 91)).toContain("(PAST)");
});

it("a roster of one registrar, or of others, or without a root to judge it by", async () => {
  expect(await take("desk", ["roster.json"], { into: "rootless" })).toBe("cli/no-federation");
  await ok("desk", "roster renew");
  const { bytes } = decodeFile(await readFile(machines.path("desk/federation/draft.json")));
  await ok("desk", "roster discard");
  const names = ["registrar-1", "root-1", "root-2"];
  const keys = await Promise.all(
    names.map((name) => readKey(machines.path(`desk/federation/keys/${name}.key`))),
  );
  const signatures = keys.map(({ key }) => signFile("roster", bytes, federation, key));
  await writeFile(machines.path("old/too-few.json"), encodeFile({ bytes, signatures }));
  expect(await take("old", ["old/too-few.json"])).toBe("roster/threshold");
});

it("a version far ahead: fast-forward; and a federation of another root", async () => {
  const held = readRoster(decodeFile(await readFile(machines.path("desk/federation/roster.json"))).bytes);
  const bytes = buildRoster({ ...held, version: 5000 });
  const keys = await Promise.all(
    [1, 2].map((index) => readKey(machines.path(`desk/federation/keys/registrar-${index}.key`))),
  );
  const signatures = keys.map(({ key }) => signFile("roster", bytes, federation, key));
  await writeFile(machines.path("old/ahead.json"), encodeFile({ bytes, signatures }));
  expect(await take("old", ["old/ahead.json"])).toBe("roster/too-far-ahead");
  const draft = await machines.run("reader", "roster show --file in/old-ahead.json");
  expect(draft.out).toContain("It would be refused now: roster/gap");
  await ok("sister", "roster create");
  expect(await take("sister", ["root.json"])).toBe("roster/federation");
});

it("freshness that pins another roster of the same version: mix-and-match", async () => {
  expect(await take("fork", ["freshness.json"])).toBe("roster/mix-and-match");
});

it("two rosters of one version, which are kept as proof until a root names one", async () => {
  expect(await take("fork", ["roster.json"])).toBe("roster/two-of-one-version");
  for (const which of ["first", "second"])
    await access(machines.path(`reader/federation/evidence/roster-2-${which}.json`));
  expect(await ok("reader", "roster show")).toContain("Two roster files of version 2 are in evidence/");
  await ok("desk", "roster renew");
  await ok("desk", sign);
  expect(await take("desk", ["roster.json"])).toBe("roster/disputed");

  // The root names what the fork's registrars signed; the desk's is put away.
  await ok("fork", "roster show");
  const payload = JSON.parse(await readFile(machines.path("fork/federation/roster.json"), "utf8"))
    .payload as string;
  const hash = hex(sha256(unbase64(payload)));
  expect(await ok("fork", `roster draft-root --resolve 2:${hash}`)).toContain("Words of this draft");
  const roots = [1, 2, 3].map((index) => `federation/keys/root-${index}.key`).join(" ");
  expect(await ok("fork", `roster sign --key ${roots}`)).toContain(
    `of two rosters of version 2, the one is ${hash}`,
  );
  expect(await take("fork", ["root-2.json"])).toContain("Taken: root version 2");
  expect(await take("fork", ["roster.json"])).toContain("Taken: roster version 2");
  const shown = await ok("reader", "roster show");
  expect(shown).not.toContain("Nothing new is taken");
  expect(await take("desk", ["roster.json"])).toContain("Taken: roster version 3");
});
