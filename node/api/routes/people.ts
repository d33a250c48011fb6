/** The people of this organisation: an administrator's list. */
import { z } from "zod";
import { defineRoute, roles, type Accounts, type Person, type Route } from "../../accounts/index.ts";

const name = z.string().trim().min(1).max(100);
const role = z.enum(roles);
const rolesField = z.array(role).min(1).max(roles.length);
const password = z.string().max(1024);

const personView = z.object({
  id: z.string(),
  name: z.string(),
  signIn: z.string(),
  roles: z.array(role),
  created: z.number(),
  disabled: z.number().optional(),
});

export function peopleRoutes({ accounts }: { accounts: Accounts }): Route[] {
  return [
    defineRoute({
      method: "GET",
      path: "/people",
      permission: "people.read",
      summary: "Everybody with a sign-in at this node",
      response: z.object({ people: z.array(personView) }),
      handler: async () => ({ people: (await accounts.people()).map(shown) }),
    }),
    defineRoute({
      method: "POST",
      path: "/people",
      permission: "people.manage",
      summary: "Add a person",
      body: z.object({ name, signIn: z.string().max(128), roles: rolesField, password }),
      response: personView,
      handler: async ({ body, caller }) => shown(await accounts.createPerson(body, caller)),
    }),
    defineRoute({
      method: "PATCH",
      path: "/people/:id",
      permission: "people.manage",
      summary: "Change name or roles, set a password, switch off or on",
      params: z.object({ id: z.string() }),
      body: z
        .object({ name, roles: rolesField, disabled: z.boolean(), password })
        .partial()
        .refine((change) => Object.keys(change).length > 0, "Say what to change."),
      response: personView,
      handler: async ({ params, body, caller }) =>
        shown(await accounts.changePerson(params.id, body, caller)),
    }),
  ];
}

function shown(person: Person) {
  return { ...person, roles: [...person.roles] };
}
