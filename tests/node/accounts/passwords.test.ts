import { describe, expect, it } from "vitest";
import { systemRandom } from "@wardline/protocol/encoding";
import { createPasswords } from "../../../node/accounts/passwords.ts";

const cost = { memory: 64, passes: 1, lanes: 1 };
const settings = { cost, shortest: 12, parallel: 2, waiting: 4 };
const passwords = createPasswords(settings, systemRandom);

describe("passwords", () => {
  it("accepts the right password and nothing near it", async () => {
    const hash = await passwords.hash("correct horse battery", "ada");
    expect(await passwords.verify("correct horse battery", hash)).toBe(true);
    for (const wrong of [
      "correct horse batterx",
      "Correct horse battery",
      "correct horse battery ",
      "",
      "x".repeat(5000),
    ]) {
      expect(await passwords.verify(wrong, hash)).toBe(false);
    }
  });

  it("verifies a published argon2id vector", async () => {
    // The reference implementation's own test: argon2id, v=19, t=2, m=64 MiB, p=1, "password", "somesalt".
    const hash = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    expect(await passwords.verify("password", hash)).toBe(true);
  });

  it("never lets anybody in without a stored hash", async () => {
    expect(await passwords.verify("correct horse battery", undefined)).toBe(false);
  });

  it("takes two spellings of one character as the same", async () => {
    const hash = await passwords.hash("caf\u00e9 au lait long", "ada");
    expect(await passwords.verify("cafe\u0301 au lait long", hash)).toBe(true);
  });

  it("salts: one password gives two hashes", async () => {
    const [one, two] = await Promise.all([
      passwords.hash("correct horse battery", "ada"),
      passwords.hash("correct horse battery", "ada"),
    ]);
    expect(one).not.toBe(two);
  });

  it("knows a hash made with other costs", async () => {
    const hash = await passwords.hash("correct horse battery", "ada");
    expect(passwords.outdated(hash)).toBe(false);
    const dearer = createPasswords({ ...settings, cost: { ...cost, passes: 2 } }, systemRandom);
    expect(dearer.outdated(hash)).toBe(true);
    expect(await dearer.verify("correct horse battery", hash)).toBe(true);
  });

  it.each(["short", "aaaaaaaaaaaaaaaa", "my name is ada l", "y".repeat(300)])("refuses %s", async (weak) => {
    await expect(passwords.hash(weak, "ada")).rejects.toMatchObject({ code: "accounts/weak-password" });
  });

  it("refuses a flood instead of taking all memory", async () => {
    const tries = Array.from({ length: 10 }, () =>
      passwords.verify("x", undefined).catch((error: unknown) => error),
    );
    const answers = await Promise.all(tries);
    expect(answers.filter((answer) => answer === false)).toHaveLength(6);
    expect(answers.filter((answer) => (answer as { code?: string }).code === "accounts/busy")).toHaveLength(
      4,
    );
    expect(await passwords.verify("x", undefined)).toBe(false);
  });
});
