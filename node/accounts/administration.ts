/** How people come, change and go. Passwords are hashed before a unit begins, never inside it. */
import type { Random } from "@wardline/protocol/encoding";
import type { Commit, Unit } from "../commit/index.ts";
import type { Caller } from "./caller.ts";
import { checkPassword, type Passwords } from "./passwords.ts";
import {
  addPerson,
  checkAdministratorRemains,
  checkSignIn,
  people,
  requirePerson,
  withoutPassword,
  type Person,
  type StoredPerson,
} from "./people.ts";
import type { Role } from "./permissions.ts";
import { endSessionsOf } from "./sessions.ts";

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

/** `by` is absent for the command line. */
export interface Administration {
  createPerson(person: NewPerson, by?: Caller): Promise<Person>;
  changePerson(id: string, change: PersonChange, by?: Caller): Promise<Person>;
}

/**
 * What `createPerson` would refuse, before anything is made for this person.
 * @throws `accounts/invalid-sign-in`, `/weak-password`
 */
export function checkNewPerson(
  { signIn, password }: Pick<NewPerson, "signIn" | "password">,
  settings: { readonly password: { readonly shortest: number } },
): void {
  checkPassword(password, checkSignIn(signIn), settings.password.shortest);
}

export function createAdministration(commit: Commit, passwords: Passwords, random: Random): Administration {
  return {
    async createPerson({ name, signIn, roles, password }, by) {
      const normal = checkSignIn(signIn);
      const passwordHash = await passwords.hash(password, normal);
      return commit.run(async (unit) => {
        const person = await addPerson(unit, random, { name, signIn: normal, roles, passwordHash });
        tell(unit, "person.created", person.id, by, { roles: [...roles] });
        return withoutPassword(person);
      });
    },
    async changePerson(id, { password, ...change }, by) {
      const { signIn } = await requirePerson(commit, id);
      const passwordHash = password === undefined ? undefined : await passwords.hash(password, signIn);
      return commit.run((unit) => applyChange(unit, id, { ...change, passwordHash }, by));
    },
  };
}

type HashedChange = Omit<PersonChange, "password"> & { readonly passwordHash: string | undefined };

async function applyChange(
  unit: Unit,
  id: string,
  change: HashedChange,
  by: Caller | undefined,
): Promise<Person> {
  const before = await requirePerson(unit, id);
  const after = changed(before, change, unit.now);
  unit.put(people, [id], after);
  if (isAdministrator(before) && !isAdministrator(after)) await checkAdministratorRemains(unit);
  const disabled = after.disabled !== undefined;
  const password = change.passwordHash !== undefined;
  if (disabled || password) await endSessionsOf(unit, id);
  tell(unit, "person.changed", id, by, { roles: [...after.roles], disabled, password });
  return withoutPassword(after);
}

function changed(
  { disabled: since, ...before }: StoredPerson,
  change: HashedChange,
  now: number,
): StoredPerson {
  const disabled = change.disabled ?? since !== undefined;
  return {
    ...before,
    name: change.name ?? before.name,
    roles: change.roles ?? before.roles,
    passwordHash: change.passwordHash ?? before.passwordHash,
    ...(disabled ? { disabled: since ?? now } : {}),
  };
}

function isAdministrator({ roles, disabled }: StoredPerson): boolean {
  return disabled === undefined && roles.includes("administrator");
}

/** On record without a name: who did it by the pseudonym of this matter, which is the person it is about. */
function tell(
  unit: Unit,
  kind: string,
  person: string,
  by: Caller | undefined,
  detail: Record<string, unknown>,
): void {
  const actor = by ? `person:${by.pseudonymFor(person)}` : "node";
  unit.record({ kind, subject: [person], actor, detail });
  unit.announce({ topic: "people", id: person });
}
