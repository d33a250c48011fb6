/** The people of this organisation, as they are stored and shown. Names stay on this node. */
import { hex, WardlineError, type Random } from "@wardline/protocol/encoding";
import { blind, defineCollection, type Reader } from "../store/index.ts";
import type { Unit } from "../commit/index.ts";
import type { Role } from "./permissions.ts";

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly signIn: string;
  readonly roles: readonly Role[];
  readonly created: number;
  /** When this person was switched off; absent while active. */
  readonly disabled?: number;
}

export interface StoredPerson extends Person {
  readonly passwordHash: string;
}

export const people = defineCollection<StoredPerson>("people", {
  indexes: { signIn: (person) => [[blind(person.signIn)]] },
});

/** Sign-in names are told apart without regard to case and outer spaces. */
export function normaliseSignIn(signIn: string): string {
  return signIn.trim().normalize("NFC").toLowerCase();
}

const signInShape = /^[\p{L}\p{N}][\p{L}\p{N}._@+-]{1,63}$/u;

export function checkSignIn(signIn: string): string {
  const normal = normaliseSignIn(signIn);
  if (signInShape.test(normal)) return normal;
  throw new WardlineError("accounts/invalid-sign-in", "This sign-in name cannot be used.", {
    advice:
      "Use 2 to 64 letters, digits, dots, hyphens, underscores, plus or at signs, beginning with a letter or digit.",
  });
}

export async function personBySignIn(reader: Reader, signIn: string): Promise<StoredPerson | undefined> {
  for await (const { value } of reader.list(people, {
    index: "signIn",
    prefix: [blind(normaliseSignIn(signIn))],
  })) {
    return value;
  }
  return undefined;
}

/** @throws `accounts/no-such-person` */
export async function requirePerson(reader: Reader, id: string): Promise<StoredPerson> {
  const person = await reader.get(people, id);
  if (person) return person;
  throw new WardlineError("accounts/no-such-person", "There is no such person.", {
    advice: "Reload the list of people; it may have changed.",
  });
}

export async function allPeople(reader: Reader): Promise<Person[]> {
  const found: Person[] = [];
  for await (const { value } of reader.list(people)) found.push(withoutPassword(value));
  return found.sort((a, b) => a.created - b.created || (a.id < b.id ? -1 : 1));
}

export function withoutPassword({ id, name, signIn, roles, created, disabled }: StoredPerson): Person {
  return { id, name, signIn, roles, created, ...(disabled === undefined ? {} : { disabled }) };
}

/** @throws `accounts/sign-in-taken` */
export async function addPerson(
  unit: Unit,
  random: Random,
  person: Pick<StoredPerson, "name" | "signIn" | "roles" | "passwordHash">,
): Promise<StoredPerson> {
  if (await personBySignIn(unit, person.signIn)) {
    throw new WardlineError("accounts/sign-in-taken", "Somebody has this sign-in name already.", {
      advice: "Choose another sign-in name, or change the existing person.",
    });
  }
  const stored = { ...person, id: hex(random(16)), created: unit.now };
  unit.put(people, [stored.id], stored);
  return stored;
}

/** Nobody could manage people any more: refused. @throws `accounts/last-administrator` */
export async function checkAdministratorRemains(unit: Unit): Promise<void> {
  for await (const { value } of unit.list(people)) {
    if (value.disabled === undefined && value.roles.includes("administrator")) return;
  }
  throw new WardlineError("accounts/last-administrator", "This is the last active administrator.", {
    advice: "Make somebody else an administrator first.",
  });
}
