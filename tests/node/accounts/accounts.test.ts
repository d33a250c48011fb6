import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openBench, password, type Bench } from "./support.ts";

const minute = 60_000;
const hour = 60 * minute;
let bench: Bench;
beforeEach(async () => void (bench = await openBench()));
afterEach(() => bench.close());

const ada = { name: "Ada Example", signIn: "ada", roles: ["analyst"] as const, password };
const boss = { name: "Bo Example", signIn: "bo", roles: ["administrator"] as const, password };
const signIn = (name = "ada", word = password, address?: string) =>
  bench.accounts.signIn({ signIn: name, password: word, ...(address === undefined ? {} : { address }) });
const codeOf = (action: Promise<unknown>) =>
  action.then(
    () => "done",
    (error: { code?: string }) => error.code,
  );

describe("people", () => {
  it("are found again after a restart, without their password", async () => {
    const made = await bench.accounts.createPerson(ada);
    await bench.restart();
    expect(await bench.accounts.people()).toEqual([made]);
    expect(JSON.stringify(made)).not.toMatch(/argon|password/);
  });

  it("have sign-in names of their own, whatever the case", async () => {
    await bench.accounts.createPerson(ada);
    expect(await codeOf(bench.accounts.createPerson({ ...ada, signIn: " ADA " }))).toBe(
      "accounts/sign-in-taken",
    );
    expect((await signIn("Ada ")).caller.person.name).toBe("Ada Example");
  });

  it.each(["", "a", "-ada", "ada lovelace", "<script>", "x".repeat(65)])(
    "cannot be called %j",
    async (name) => {
      expect(await codeOf(bench.accounts.createPerson({ ...ada, signIn: name }))).toBe(
        "accounts/invalid-sign-in",
      );
    },
  );

  it("cannot all lose the administrator's role", async () => {
    const { id } = await bench.accounts.createPerson(boss);
    for (const change of [{ disabled: true }, { roles: ["viewer"] as const }]) {
      expect(await codeOf(bench.accounts.changePerson(id, change))).toBe("accounts/last-administrator");
    }
    await bench.accounts.createPerson({ ...ada, roles: ["administrator"] });
    expect((await bench.accounts.changePerson(id, { disabled: true })).disabled).toBe(bench.clock.now());
    expect((await bench.accounts.changePerson(id, { disabled: false })).disabled).toBeUndefined();
  });

  it("leave no name, sign-in name or password in any file", async () => {
    await bench.accounts.createPerson({ ...ada, name: "Zebedee Quux", signIn: "zquux.unique" });
    const { token } = await signIn("zquux.unique");
    await bench.opened.close();
    for (const entry of await readdir(bench.folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const bytes = await readFile(join(entry.parentPath, entry.name), "latin1");
      for (const secret of ["Zebedee", "Quux", "zquux", password, token])
        expect(bytes.includes(secret)).toBe(false);
    }
    await bench.restart();
  });
});

describe("sign-in", () => {
  it("gives a session that lasts over a restart and ends with sign-out", async () => {
    await bench.accounts.createPerson(ada);
    const { token, caller } = await signIn();
    await bench.restart();
    expect((await bench.accounts.resume(token))?.session).toBe(caller.session);
    await bench.accounts.signOut(caller);
    expect(await bench.accounts.resume(token)).toBeUndefined();
  });

  it("answers wrong password, unknown name and disabled person alike", async () => {
    const { id } = await bench.accounts.createPerson(ada);
    const answers = [await signIn("ada", "wrong").catch(String), await signIn("nobody").catch(String)];
    await bench.accounts.changePerson(id, { disabled: true });
    answers.push(await signIn().catch(String));
    expect(new Set(answers).size).toBe(1);
    expect(await codeOf(signIn())).toBe("accounts/sign-in-refused");
  });

  it("refuses tokens that are not its own", async () => {
    await bench.accounts.createPerson(ada);
    const { token } = await signIn();
    for (const other of ["", "x", token.slice(1), `${token}x`, token.toLowerCase()]) {
      expect(await bench.accounts.resume(other)).toBeUndefined();
    }
  });

  it("ends after a time without use, and after a time altogether", async () => {
    await bench.accounts.createPerson(ada);
    const { token } = await signIn();
    const { token: unused } = await signIn();
    for (let used = 0; used < 11 * 3; used++) {
      bench.clock.pass(20 * minute);
      expect(await bench.accounts.resume(token)).toBeDefined();
    }
    expect(await bench.accounts.resume(unused)).toBeUndefined();
    bench.clock.pass(20 * minute);
    expect(await bench.accounts.resume(token)).toBeDefined();
    bench.clock.pass(20 * minute);
    expect(await bench.accounts.resume(token)).toBeDefined();
    bench.clock.pass(20 * minute);
    expect(await bench.accounts.resume(token)).toBeUndefined();
  });

  it("does not live on by being looked at", async () => {
    await bench.accounts.createPerson(ada);
    const { token } = await signIn();
    bench.clock.pass(20 * minute);
    expect(await bench.accounts.resume(token, { touch: false })).toBeDefined();
    bench.clock.pass(20 * minute);
    expect(await bench.accounts.resume(token)).toBeUndefined();
    await bench.accounts.sweep();
    bench.clock.pass(-30 * minute);
    expect(await bench.accounts.resume(token)).toBeUndefined();
  });

  it("ends at once when the person is disabled or gets a new password, and follows new roles", async () => {
    const { id } = await bench.accounts.createPerson(ada);
    const { token } = await signIn();
    await bench.accounts.changePerson(id, { roles: ["viewer"] });
    expect((await bench.accounts.resume(token))?.person.roles).toEqual(["viewer"]);
    await bench.accounts.changePerson(id, { password: "another long passphrase" });
    expect(await bench.accounts.resume(token)).toBeUndefined();
    expect(await codeOf(signIn())).toBe("accounts/sign-in-refused");
    const { token: second } = await signIn("ada", "another long passphrase");
    await bench.accounts.changePerson(id, { disabled: true });
    await bench.accounts.changePerson(id, { disabled: false });
    expect(await bench.accounts.resume(second)).toBeUndefined();
  });

  it("lets people change their own password, if they know the old one", async () => {
    await bench.accounts.createPerson(ada);
    const { token, caller } = await signIn();
    const next = "yet another long phrase";
    expect(await codeOf(bench.accounts.changeOwnPassword(caller, "wrong", next))).toBe(
      "accounts/sign-in-refused",
    );
    expect(await codeOf(bench.accounts.changeOwnPassword(caller, password, "short"))).toBe(
      "accounts/weak-password",
    );
    await bench.accounts.changeOwnPassword(caller, password, next);
    expect(await bench.accounts.resume(token)).toBeUndefined();
    expect((await signIn("ada", next)).caller.person.id).toBe(caller.person.id);
  });
});

describe("guessing", () => {
  it("is slowed down per name, for names that exist and names that do not", async () => {
    await bench.accounts.createPerson(ada);
    for (const name of ["ada", "nobody"]) {
      for (let tries = 0; tries < 5; tries++)
        expect(await codeOf(signIn(name, "wrong"))).toBe("accounts/sign-in-refused");
      expect(await codeOf(signIn(name))).toBe("accounts/too-many-attempts");
    }
    bench.clock.pass(1000);
    expect((await signIn()).caller.person.name).toBe("Ada Example");
    expect(await codeOf(signIn("ada", "wrong"))).toBe("accounts/sign-in-refused");
  });

  it("waits longer and longer, but never for ever", async () => {
    for (let tries = 0; tries < 20; tries++) {
      bench.clock.pass(5 * minute);
      expect(await codeOf(signIn("nobody", "wrong"))).toBe("accounts/sign-in-refused");
    }
    expect(await codeOf(signIn("nobody", "wrong"))).toBe("accounts/too-many-attempts");
    bench.clock.pass(hour);
    expect(await codeOf(signIn("nobody", "wrong"))).toBe("accounts/sign-in-refused");
    expect(await codeOf(signIn("nobody", "wrong"))).toBe("accounts/sign-in-refused");
  });

  it("does not slip through all at once", async () => {
    await bench.accounts.createPerson(ada);
    const codes = await Promise.all(Array.from({ length: 20 }, () => codeOf(signIn("ada", "wrong"))));
    expect(codes.filter((code) => code === "accounts/sign-in-refused")).toHaveLength(5);
    expect(codes.filter((code) => code === "accounts/too-many-attempts")).toHaveLength(15);
  });

  it("is slowed down per address over many names", async () => {
    const codes: (string | undefined)[] = [];
    for (let tries = 0; tries < 52; tries++)
      codes.push(await codeOf(signIn(`name-${tries}`, "wrong", "192.0.2.1")));
    expect(codes.indexOf("accounts/too-many-attempts")).toBe(50);
    expect(await codeOf(signIn("name-99", "wrong", "192.0.2.2"))).toBe("accounts/sign-in-refused");
  });
});

describe("pseudonyms", () => {
  it("are the same within a matter, for ever, and unlike across matters and people", async () => {
    await bench.accounts.createPerson(ada);
    await bench.accounts.createPerson(boss);
    const one = (await signIn()).caller;
    const two = (await signIn("bo")).caller;
    const first = one.pseudonymFor("report-1");
    expect(first).toMatch(/^[0-9a-f]{32}$/);
    await bench.restart();
    expect((await signIn()).caller.pseudonymFor("report-1")).toBe(first);
    const others = [one.pseudonymFor("report-2"), two.pseudonymFor("report-1"), one.person.id];
    expect(new Set([first, ...others]).size).toBe(4);
  });
});
