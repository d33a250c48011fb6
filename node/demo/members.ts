/** Who takes part in the built-in federation, and the people who sign in at each node. */
import type { Role } from "../accounts/index.ts";

export interface DemoPerson {
  readonly signIn: string;
  readonly name: string;
  readonly roles: readonly Role[];
}

export interface DemoMember {
  /** Name of its folder and of its host: `NAME.localhost`. */
  readonly key: string;
  readonly name: string;
  readonly country: string;
  readonly kind: "hotline" | "lea" | "interpol" | "secretariat";
  readonly people: readonly DemoPerson[];
  /** Where its interface listens when nothing else does there. */
  readonly port: number;
}

const administrator: DemoPerson = {
  signIn: "admin",
  name: "Adele Admin",
  roles: ["administrator", "auditor"],
};

/** Countries A and B are user-assigned codes of ISO 3166: they belong to nobody. */
export const countryA = "XA";
export const countryB = "XB";

export const demoMembers = [
  {
    key: "hotline-a",
    name: "Hotline A",
    country: countryA,
    kind: "hotline",
    port: 8101,
    people: [
      { signIn: "anna", name: "Anna Analyst", roles: ["analyst"] },
      { signIn: "carl", name: "Carl Custodian", roles: ["custodian"] },
      { signIn: "clara", name: "Clara Custodian", roles: ["custodian"] },
      administrator,
    ],
  },
  {
    key: "hotline-b",
    name: "Hotline B",
    country: countryB,
    kind: "hotline",
    port: 8102,
    people: [
      { signIn: "bob", name: "Bob Analyst", roles: ["analyst"] },
      { signIn: "cora", name: "Cora Custodian", roles: ["custodian"] },
      administrator,
    ],
  },
  {
    key: "police-b",
    name: "Police of B",
    country: countryB,
    kind: "lea",
    port: 8103,
    people: [{ signIn: "olga", name: "Olga Officer", roles: ["officer"] }, administrator],
  },
  {
    key: "interpol",
    name: "INTERPOL",
    country: "international",
    kind: "interpol",
    port: 8104,
    people: [{ signIn: "ivan", name: "Ivan Officer", roles: ["officer"] }, administrator],
  },
  {
    key: "secretariat",
    name: "Secretariat",
    country: "international",
    kind: "secretariat",
    port: 8105,
    people: [administrator],
  },
] as const satisfies readonly DemoMember[];
