/** From nothing to a running node, by the commands alone; and what each says to wrong input. */
import { once } from "node:events";
import { mkdtemp, mkdir, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createProgram, everyCommand } from "../../../node/cli/program.ts";
import { ask } from "../api/support.ts";
import { spawnWardline, wardline, type Run } from "./support.ts";

const password = "a long enough passphrase";
let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), "wardline-cli-"))));
afterAll(() => rm(folder, { recursive: true }));

const run = (args: string, { cwd = folder, stdin = "", env = {} as Record<string, string> } = {}) =>
  wardline(args.split(" "), { cwd, stdin, env });
const oneLine = /^wardline: [a-z-]+\/[a-z-]+: .+\n$/;

function refused({ code, err, out }: Run, with_: string): void {
  // A configuration is told about all its problems at once, a line for each.
  if (!with_.startsWith("configuration/")) expect(err).toMatch(oneLine);
  expect(err).toContain(`wardline: ${with_}: `);
  expect([code, out]).toEqual([1, ""]);
}

describe("help", () => {
  it("of every command says what it does and how", () => {
    const commands = everyCommand(createProgram());
    expect(commands.map((command) => command.name())).toContain("publish-freshness");
    for (const command of commands) {
      const help = command.helpInformation();
      expect(help).toMatch(/^Usage: wardline/);
      expect([command.name(), command.description()]).not.toEqual([command.name(), ""]);
      for (const option of command.options)
        expect([option.flags, option.description]).not.toEqual([option.flags, ""]);
    }
  });

  it("is given with exit code 0 when it is asked for", async () => {
    const { code, out, err } = await run("init --help");
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/^Usage: wardline init /);
    expect(out).toContain("Examples:\n  wardline init --admin ada");
  });

  it.each(["frobnicate", "start --bogus", "init", "people add ada --name A --roles king"])(
    "is pointed to when called wrongly: %s",
    async (args) => {
      const { code, out, err } = await run(args);
      expect([code, out]).toEqual([2, ""]);
      expect(err).toMatch(/^error: /);
      expect(err).toContain("--help");
    },
  );
});

describe("files of law and routing", () => {
  it("are checked before a start, and say who is competent", async () => {
    const { code, out, err } = await run("jurisdictions");
    expect([code, err]).toEqual([0, ""]);
    expect(out).toContain(
      "XA Example country A (imaginary): not verified by anybody\n  may be acted on: baseline",
    );
    await mkdir(join(folder, "law", "jurisdictions"), { recursive: true });
    await writeFile(join(folder, "law", "jurisdictions", "xc.yaml"), "country: XC\npolice: by-pigeon\n");
    refused(await run("jurisdictions --folder law"), "jurisdiction/invalid-file");
  });
});

describe("a federation of two, by hand", () => {
  let federation = "";
  const member = (name: string) => join(folder, name);
  const init = async (name: string, country: string) => {
    await mkdir(member(name));
    await writeFile(join(member(name), "password"), `${password}\n`, { mode: 0o600 });
    const args = [
      "init",
      "--admin",
      "ada",
      "--password-file",
      "password",
      "--host",
      `${name}.localhost`,
      "--port",
      "0",
    ];
    const described = [
      "--federation",
      federation,
      "--member-name",
      `Member ${name}`,
      "--country",
      country,
      "--kind",
      "hotline",
    ];
    return wardline([...args, ...described], { cwd: member(name) });
  };

  it("begins with a root", async () => {
    const { code, out } = await run("roster create");
    expect(code).toBe(0);
    federation = /Federation: ([0-9a-f]{64})/.exec(out)?.[1] ?? "";
    expect(federation).not.toBe("");
    for (const key of await readdir(join(folder, "federation", "keys"))) {
      expect((await stat(join(folder, "federation", "keys", key))).mode & 0o077).toBe(0);
    }
    refused(await run("roster create"), "cli/federation-exists");
    refused(await run("roster sign --key federation/keys/registrar-1.key"), "cli/no-draft");
    refused(await run("roster publish-freshness"), "cli/no-roster");
  });

  it("goes on with nodes, whose keys come as words and as a file", async () => {
    for (const [name, country] of [
      ["one", "SE"],
      ["two", "NO"],
    ] as const) {
      const { code, out, err } = await init(name, country);
      expect([code, err]).toEqual([0, ""]);
      expect(out).toMatch(/(?:[bdfghjklmnprstvzaiou]{5} ){11}[bdfghjklmnprstvzaiou]{5}\n/);
      expect(out).not.toContain(password);
      const candidate = await readFile(join(member(name), "candidate.json"), "utf8");
      expect(JSON.parse(candidate)).toMatchObject({
        name: `Member ${name}`,
        country,
        kind: "hotline",
        federation,
      });
      expect((await stat(join(member(name), "wardline.key"))).mode & 0o077).toBe(0);
    }
    refused(
      await run("init --admin bob --password-file password", { cwd: member("one") }),
      "vault/already-initialised",
    );
  });

  it("lists candidates only for this federation, and only whole files", async () => {
    await writeFile(join(folder, "broken.json"), "{}");
    refused(await run("roster add broken.json"), "cli/not-a-candidate");
    refused(await run("roster add missing.json"), "cli/no-file");
    const text = await readFile(join(member("one"), "candidate.json"), "utf8");
    await writeFile(join(folder, "other.json"), text.replaceAll(federation, "0".repeat(64)));
    refused(await run("roster add other.json"), "cli/other-federation");
    const { code, out } = await run("roster add one/candidate.json two/candidate.json");
    expect(code).toBe(0);
    const shown = await run(
      "candidate --federation " +
        federation +
        " --member-name X --country SE --kind hotline --out again.json",
      {
        cwd: member("one"),
      },
    );
    const words = /(?:[a-z]{5} ){11}[a-z]{5}/.exec(shown.out)?.[0] ?? "nothing";
    expect(out).toContain(words);
  });

  it("is signed by registrars of two countries, not by others", async () => {
    refused(await run("roster sign --key federation/keys/root-1.key"), "cli/not-a-signer");
    refused(await run("roster sign --key broken.json"), "cli/not-a-key");
    expect((await run("roster sign --words-confirmed --key federation/keys/registrar-1.key")).out).toContain(
      "1 signature(s) so far",
    );
    expect((await run("roster sign --words-confirmed --key federation/keys/registrar-1.key")).out).toContain(
      "1 signature(s) so far",
    );
    expect((await run("roster sign --words-confirmed --key federation/keys/registrar-2.key")).out).toContain(
      "Roster version 1 is complete",
    );
    expect((await run("roster publish-freshness")).out).toContain("invite.json");
    const { out } = await run("roster show");
    expect(out).toContain(federation);
    expect(out).toMatch(/SE {2}hotline {2}active {2}Member one/);
  });

  it("is joined by an invite that holds", async () => {
    refused(await run("start", { cwd: member("one") }), "federation/not-joined");
    refused(await run("join ../broken.json", { cwd: member("one") }), "roster/invalid");
    for (const name of ["one", "two"]) {
      const { code, out } = await run("join ../federation/invite.json", { cwd: member(name) });
      expect([code, out]).toEqual([0, "Joined. Next: wardline start\n"]);
    }
  });

  it("has people", async () => {
    const cwd = member("one");
    const env = { WARDLINE_PASSWORD: password };
    expect((await run("people add eve --name Eve --roles analyst,senior", { cwd, env })).code).toBe(0);
    refused(await run("people add eve --name Eve --roles analyst", { cwd, env }), "accounts/sign-in-taken");
    refused(
      await run("people add fay --name Fay --roles analyst", { cwd, stdin: "short\n" }),
      "accounts/weak-password",
    );
    refused(await run("people add fay --name Fay --roles analyst", { cwd }), "cli/no-secret");
    refused(await run("people password nobody", { cwd, env }), "cli/no-such-person");
    expect((await run("people password eve", { cwd, stdin: "another long passphrase\n" })).code).toBe(0);
    expect((await run("people list", { cwd })).out).toBe(
      "ada\tada\tadministrator\neve\tEve\tanalyst, senior\n",
    );
  });

  it("runs, answers, and stops cleanly on SIGTERM", async () => {
    const node = spawnWardline(["start"], { cwd: member("one") });
    let out = "";
    await new Promise<void>((running, ended) => {
      node.on("exit", () => ended(new Error(out)));
      node.stdout?.on("data", (chunk: Buffer) => {
        out += chunk.toString();
        if (out.includes("Members reach it at")) running();
      });
    });
    const host = /Workplace: http:\/\/(\S+)/.exec(out)?.[1] ?? "";
    expect(host).toMatch(/^one\.localhost:\d+$/);
    const signIn = await ask(host, "/api/session", { method: "POST", body: { signIn: "ada", password } });
    expect(signIn).toMatchObject({ status: 200, body: { member: { name: "Member one" } } });
    refused(await run("start", { cwd: member("one") }), "store/in-use");
    refused(await run("people list", { cwd: member("one") }), "store/in-use");
    const ended = once(node, "exit");
    node.kill("SIGTERM");
    expect(await ended).toEqual([0, null]);
    expect(out).toContain("Stopped.");
  });
});

describe("a start that cannot be", () => {
  const withSettings = async (name: string, text: string) => {
    await writeFile(join(folder, name), text);
    return run(`start --config ${name}`);
  };

  it("says why in one line, with exit code 1", async () => {
    refused(await run("start --config none.yaml"), "configuration/not-found");
    refused(await withSettings("not.yaml", "a: [1"), "configuration/not-yaml");
    refused(
      await withSettings("empty.yaml", "dataFolder: nowhere\nkeyFile: nowhere.key\n"),
      "vault/not-initialised",
    );
    refused(
      await withSettings("locked.yaml", "dataFolder: one/data\nkeyFile: none.key\n"),
      "vault/key-file-missing",
    );
    refused(
      await withSettings("another.yaml", "dataFolder: one/data\nkeyFile: two/wardline.key\n"),
      "vault/wrong-key",
    );
  });

  it("names every wrong setting", async () => {
    const { code, err } = await withSettings(
      "wrong.yaml",
      "dataFolder: x\nlisten:\n  http:\n    prot: 1\n    host: 0.0.0.0\n",
    );
    expect(code).toBe(1);
    expect(err).toContain("listen.http.prot");
    const tls = await withSettings("tls.yaml", "listen:\n  http:\n    host: 0.0.0.0\n");
    expect(tls.err).toContain("listen.http.tls");
  });
});

describe("a new node's secrets", () => {
  const fresh = async (name: string) => {
    await mkdir(join(folder, name));
    return join(folder, name);
  };

  it("are never a default: without a password nothing is made", async () => {
    const cwd = await fresh("no-password");
    refused(await run("init --admin ada", { cwd }), "cli/no-secret");
    refused(await run("init --admin ada", { cwd, stdin: "short\n" }), "accounts/weak-password");
    refused(await run("init --admin !", { cwd, stdin: `${password}\n` }), "accounts/invalid-sign-in");
    expect(await readdir(cwd)).toEqual([]);
  });

  it("do not lie in the folder that they unlock", async () => {
    const cwd = await fresh("key-inside");
    refused(
      await run("init --admin ada --data d --key-file d/node.key", { cwd, stdin: `${password}\n` }),
      "configuration/impossible-combination",
    );
    expect(await readdir(cwd)).toEqual([]);
  });

  it("can be a passphrase, asked at every start", async () => {
    const cwd = await fresh("passphrase");
    const env = { WARDLINE_PASSWORD: password };
    const made = await run("init --admin ada --passphrase", {
      cwd,
      env,
      stdin: "the passphrase of the data\n",
    });
    expect([made.code, made.err]).toEqual([0, ""]);
    expect(await readdir(cwd)).toEqual(["data", "wardline.yaml"]);
    refused(await run("people list", { cwd, stdin: "another passphrase\n" }), "vault/wrong-passphrase");
    const list = await run("people list", { cwd, stdin: "the passphrase of the data\n" });
    expect(list.out).toBe("ada\tada\tadministrator\n");
  });
});
