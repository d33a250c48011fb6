/** The people of a node and their sign-ins: let in, kept in, kept out. How they come and go is in administration.ts. */
import { WardlineError, type Random } from "@wardline/protocol/encoding";
import type { Commit } from "../commit/index.ts";
import type { Clock } from "../telemetry/index.ts";
import { createAdministration, type NewPerson, type PersonChange } from "./administration.ts";
import { createApprovals, type Approvals, type ApprovalSettings } from "./approvals.ts";
import { createAttempts, type AttemptKey, type AttemptSettings } from "./attempts.ts";
import type { Caller } from "./caller.ts";
import { createPasswords, type PasswordSettings } from "./passwords.ts";
import {
  allPeople,
  normaliseSignIn,
  people,
  personBySignIn,
  requirePerson,
  type Person,
  type StoredPerson,
} from "./people.ts";
import { pseudonym } from "./pseudonyms.ts";
import {
  endSession,
  expired,
  newToken,
  openSession,
  sessions,
  sweepSessions,
  tokenHash,
  touchAfter,
  type SessionSettings,
  type StoredSession,
} from "./sessions.ts";

export interface AccountsSettings {
  readonly password: PasswordSettings;
  readonly attempts: AttemptSettings;
  readonly session: SessionSettings;
  readonly approval: ApprovalSettings;
}

export interface AccountsParts {
  readonly settings: AccountsSettings;
  readonly commit: Commit;
  readonly clock: Clock;
  readonly random: Random;
  /** 32 bytes that only this node knows, the same for ever: pseudonyms come from it. */
  readonly secret: Uint8Array;
}

export interface SignInAttempt {
  readonly signIn: string;
  readonly password: string;
  /** Where it comes from, for the rate limit only; never stored. */
  readonly address?: string;
}

export interface Accounts {
  readonly approvals: Approvals;
  /** `by` is absent for the command line. @throws `accounts/weak-password`, `/invalid-sign-in`, `/sign-in-taken` */
  createPerson(person: NewPerson, by?: Caller): Promise<Person>;
  /** Disabling and a new password end the person's sessions. @throws `accounts/no-such-person`, `/last-administrator`, … */
  changePerson(id: string, change: PersonChange, by?: Caller): Promise<Person>;
  people(): Promise<Person[]>;
  /**
   * One answer for a wrong password, an unknown name and a disabled person: `accounts/sign-in-refused`.
   * @throws `accounts/too-many-attempts`, `accounts/busy`
   */
  signIn(attempt: SignInAttempt): Promise<{ token: string; caller: Caller }>;
  /** The person behind a token, while the session lasts. `touch: false` does not count as use. */
  resume(token: string, options?: { touch?: boolean }): Promise<Caller | undefined>;
  signOut(caller: Caller): Promise<void>;
  /** A person's own new password; ends all their sessions. @throws `accounts/sign-in-refused`, `/weak-password` */
  changeOwnPassword(caller: Caller, current: string, next: string): Promise<void>;
  /** Removes expired sessions; call now and then. */
  sweep(): Promise<void>;
}

export function createAccounts({ settings, commit, clock, random, secret }: AccountsParts): Accounts {
  const passwords = createPasswords(settings.password, random);
  const attempts = createAttempts(settings.attempts, clock);
  const administration = createAdministration(commit, passwords, random);

  function callerOf({ id, name, roles }: StoredPerson, session: StoredSession): Caller {
    return {
      person: { id, name, roles },
      session: session.id,
      pseudonymFor: (matter) => pseudonym(secret, id, matter),
    };
  }

  /** The person whose password this is; counted and slowed down per name and per address. */
  async function prove({ signIn: name, password, address }: SignInAttempt): Promise<StoredPerson> {
    const keys = keysOf(name, address);
    attempts.begin(keys);
    const person = await personBySignIn(commit, name);
    const right = await passwords.verify(password, person?.passwordHash);
    if (!person || !right || person.disabled !== undefined) throw refused();
    attempts.succeeded(keys);
    return person;
  }

  /** The same password hashed at today's cost, where it was hashed at another. */
  async function renewed(
    { passwordHash, signIn: name }: StoredPerson,
    password: string,
  ): Promise<string | undefined> {
    if (!passwords.outdated(passwordHash)) return undefined;
    // A password that today's rules refuse still lets its person in; they can choose another inside.
    return passwords.hash(password, name).catch(() => undefined);
  }

  async function signIn(attempt: SignInAttempt) {
    const proved = await prove(attempt);
    const passwordHash = await renewed(proved, attempt.password);
    const token = newToken(random);
    return commit.run(async (unit) => {
      const person = await unit.get(people, proved.id);
      // Disabled, or given another password, while this one was being verified.
      if (!person || person.disabled !== undefined || person.passwordHash !== proved.passwordHash)
        throw refused();
      if (passwordHash !== undefined) unit.put(people, [person.id], { ...person, passwordHash });
      const caller = callerOf(person, openSession(unit, random, token, person.id));
      const actor = `person:${caller.pseudonymFor(person.id)}`;
      unit.record({ kind: "person.signed-in", subject: [person.id], actor, detail: {} });
      return { token, caller };
    });
  }

  async function resume(token: string, { touch = true } = {}): Promise<Caller | undefined> {
    const key = tokenHash(token);
    const session = await commit.get(sessions, key);
    if (!session || expired(session, clock.now(), settings.session)) return undefined;
    const person = await commit.get(people, session.person);
    if (!person || person.disabled !== undefined) return undefined;
    if (touch && clock.now() - session.seen >= touchAfter(settings.session)) {
      await commit.run(async (unit) => {
        // It may have ended meanwhile: a touch must not bring it back.
        if (await unit.has(sessions, key)) unit.put(sessions, [key], { ...session, seen: unit.now });
      });
    }
    return callerOf(person, session);
  }

  return {
    ...administration,
    approvals: createApprovals(settings.approval),
    people: () => allPeople(commit),
    signIn,
    resume,
    signOut: (caller) => commit.run((unit) => endSession(unit, caller.session)),
    async changeOwnPassword(caller, current, next) {
      const { signIn: name } = await requirePerson(commit, caller.person.id);
      await prove({ signIn: name, password: current });
      await administration.changePerson(caller.person.id, { password: next }, caller);
    },
    sweep: () => commit.run((unit) => sweepSessions(unit, settings.session)),
  };
}

function keysOf(signIn: string, address: string | undefined): AttemptKey[] {
  const name = { key: `name ${normaliseSignIn(signIn)}` };
  return address === undefined ? [name] : [name, { key: `address ${address}`, shared: true }];
}

function refused(): WardlineError {
  return new WardlineError(
    "accounts/sign-in-refused",
    "Sign-in name and password do not match an active person.",
    { advice: "Check both, and the keyboard's capitals. An administrator can set a new password." },
  );
}
