/** People and their sign-ins: created, changed, let in, kept out. Passwords are hashed before a unit begins, never inside it. */
import { WardlineError, type Random } from "@wardline/protocol/encoding";
import type { Commit, Unit } from "../commit/index.ts";
import type { Clock } from "../telemetry/index.ts";
import { createApprovals, type Approvals, type ApprovalSettings } from "./approvals.ts";
import { createAttempts, type AttemptSettings } from "./attempts.ts";
import type { Caller } from "./caller.ts";
import { checkPassword, createPasswords, type PasswordSettings } from "./passwords.ts";
import {
  addPerson,
  allPeople,
  checkAdministratorRemains,
  checkSignIn,
  normaliseSignIn,
  people,
  personBySignIn,
  requirePerson,
  withoutPassword,
  type Person,
  type StoredPerson,
} from "./people.ts";
import type { Role } from "./permissions.ts";
import { pseudonym } from "./pseudonyms.ts";
import {
  endSession,
  endSessionsOf,
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

export interface NewPerson {
  readonly name: string;
  readonly signIn: string;
  readonly roles: readonly Role[];
  readonly password: string;
}

export interface PersonChange {
  readonly name?: string;
  readonly roles?: readonly Role[];
  readonly disabled?: boolean;
  readonly password?: string;
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
  signIn(attempt: {
    signIn: string;
    password: string;
    address?: string;
  }): Promise<{ token: string; caller: Caller }>;
  /** The person behind a token, while the session lasts. `touch: false` does not count as use. */
  resume(token: string, options?: { touch?: boolean }): Promise<Caller | undefined>;
  signOut(caller: Caller): Promise<void>;
  /** A person's own new password; ends all their sessions. @throws `accounts/sign-in-refused`, `/weak-password` */
  changeOwnPassword(caller: Caller, current: string, next: string): Promise<void>;
  /** Removes expired sessions; call now and then. */
  sweep(): Promise<void>;
}

/**
 * What `createPerson` would refuse, before anything is made for this person.
 * @throws `accounts/invalid-sign-in`, `/weak-password`
 */
export function checkNewPerson(
  person: Pick<NewPerson, "signIn" | "password">,
  settings: AccountsSettings,
): void {
  checkPassword(person.password, checkSignIn(person.signIn), settings.password.shortest);
}

export function createAccounts({ settings, commit, clock, random, secret }: AccountsParts): Accounts {
  const passwords = createPasswords(settings.password, random);
  const attempts = createAttempts(settings.attempts, clock);

  function actor(by: Caller | undefined, subject: string): string {
    return by ? `person:${by.pseudonymFor(subject)}` : "node";
  }

  function callerOf({ id, name, roles }: StoredPerson, session: StoredSession): Caller {
    return {
      person: { id, name, roles },
      session: session.id,
      pseudonymFor: (matter) => pseudonym(secret, id, matter),
    };
  }

  async function createPerson({ name, signIn, roles, password }: NewPerson, by?: Caller): Promise<Person> {
    const normal = checkSignIn(signIn);
    const passwordHash = await passwords.hash(password, normal);
    return commit.run(async (unit) => {
      const person = await addPerson(unit, random, { name, signIn: normal, roles, passwordHash });
      unit.record({
        kind: "person.created",
        subject: [person.id],
        actor: actor(by, person.id),
        detail: { roles: [...roles] },
      });
      unit.announce({ topic: "people", id: person.id });
      return withoutPassword(person);
    });
  }

  async function changePerson(id: string, change: PersonChange, by?: Caller): Promise<Person> {
    const before = await requirePerson(commit, id);
    const passwordHash =
      change.password === undefined ? undefined : await passwords.hash(change.password, before.signIn);
    return commit.run((unit) => applyChange(unit, id, { ...change, passwordHash }, by));
  }

  async function applyChange(
    unit: Unit,
    id: string,
    change: PersonChange & { passwordHash?: string },
    by?: Caller,
  ) {
    const before = await requirePerson(unit, id);
    const { disabled: disabledSince, ...rest } = before;
    const disabled = change.disabled ?? disabledSince !== undefined;
    const after: StoredPerson = {
      ...rest,
      name: change.name ?? before.name,
      roles: change.roles ?? before.roles,
      passwordHash: change.passwordHash ?? before.passwordHash,
      ...(disabled ? { disabled: disabledSince ?? unit.now } : {}),
    };
    unit.put(people, [id], after);
    if (isAdministrator(before) && !isAdministrator(after)) await checkAdministratorRemains(unit);
    if (disabled || change.passwordHash !== undefined) await endSessionsOf(unit, id);
    const detail = { roles: [...after.roles], disabled, password: change.passwordHash !== undefined };
    unit.record({ kind: "person.changed", subject: [id], actor: actor(by, id), detail });
    unit.announce({ topic: "people", id });
    return withoutPassword(after);
  }

  /** The person whose password this is, by name; counted and slowed down per name and per address. */
  async function prove(signIn: string, password: string, address?: string): Promise<StoredPerson> {
    const keys = [
      { key: `name ${normaliseSignIn(signIn)}` },
      ...(address === undefined ? [] : [{ key: `address ${address}`, shared: true }]),
    ];
    attempts.begin(keys);
    const person = await personBySignIn(commit, signIn);
    const right = await passwords.verify(password, person?.passwordHash);
    if (!person || !right || person.disabled !== undefined) throw refused();
    attempts.succeeded(keys);
    return person;
  }

  async function signIn(attempt: { signIn: string; password: string; address?: string }) {
    const proved = await prove(attempt.signIn, attempt.password, attempt.address);
    const renewed = passwords.outdated(proved.passwordHash)
      ? await passwords.hash(attempt.password, proved.signIn).catch(() => undefined)
      : undefined;
    const token = newToken(random);
    return commit.run(async (unit) => {
      const person = await unit.get(people, proved.id);
      // Disabled, or given another password, while this one was being verified.
      if (!person || person.disabled !== undefined || person.passwordHash !== proved.passwordHash)
        throw refused();
      if (renewed !== undefined) unit.put(people, [person.id], { ...person, passwordHash: renewed });
      const caller = callerOf(person, openSession(unit, random, token, person.id));
      unit.record({
        kind: "person.signed-in",
        subject: [person.id],
        actor: actor(caller, person.id),
        detail: {},
      });
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
    approvals: createApprovals(settings.approval),
    createPerson,
    changePerson,
    people: () => allPeople(commit),
    signIn,
    resume,
    signOut: (caller) => commit.run((unit) => endSession(unit, caller.session)),
    async changeOwnPassword(caller, current, next) {
      const { signIn: name } = await requirePerson(commit, caller.person.id);
      await prove(name, current);
      await changePerson(caller.person.id, { password: next }, caller);
    },
    sweep: () => commit.run((unit) => sweepSessions(unit, settings.session)),
  };
}

function isAdministrator({ roles, disabled }: StoredPerson): boolean {
  return disabled === undefined && roles.includes("administrator");
}

function refused(): WardlineError {
  return new WardlineError(
    "accounts/sign-in-refused",
    "Sign-in name and password do not match an active person.",
    {
      advice: "Check both, and the keyboard's capitals. An administrator can set a new password.",
    },
  );
}
