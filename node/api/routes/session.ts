/** Sign-in and sign-out. */
import { z } from "zod";
import { memberLabel } from "../../casework/index.ts";
import {
  defineRoute,
  permissionsOf,
  roles,
  type Accounts,
  type Caller,
  type Route,
} from "../../accounts/index.ts";

export interface SessionServices {
  readonly accounts: Accounts;
  /** Who this node belongs to. */
  readonly self: () => z.input<typeof memberLabel>;
}

const sessionView = z.object({
  person: z.object({
    id: z.string(),
    name: z.string(),
    roles: z.array(z.enum(roles)),
    permissions: z.array(z.string()),
  }),
  member: memberLabel,
});

const empty = z.object({});
const password = z.string().max(1024);

export function sessionRoutes({ accounts, self }: SessionServices): Route[] {
  const view = ({ person }: Caller) => ({
    person: { ...person, roles: [...person.roles], permissions: permissionsOf(person.roles) },
    member: self(),
  });

  return [
    defineRoute({
      method: "POST",
      path: "/session",
      permission: "public",
      summary: "Sign in",
      body: z.object({ signIn: z.string().max(128), password }),
      response: sessionView,
      async handler({ caller: before, body, address, cookie }) {
        const { token, caller } = await accounts.signIn({ ...body, address });
        // One browser, one sign-in: the one before ends, whoever's it was.
        if (before) await accounts.signOut(before);
        cookie.set(token);
        return view(caller);
      },
    }),
    defineRoute({
      method: "GET",
      path: "/session",
      permission: "signed-in",
      summary: "Who is signed in, and what they may do",
      response: sessionView,
      handler: ({ caller }) => view(caller),
    }),
    defineRoute({
      method: "DELETE",
      path: "/session",
      permission: "signed-in",
      summary: "Sign out",
      response: empty,
      async handler({ caller, cookie }) {
        await accounts.signOut(caller);
        cookie.clear();
        return {};
      },
    }),
    defineRoute({
      method: "POST",
      path: "/session/password",
      permission: "signed-in",
      summary: "Choose a new password; ends all of one's sign-ins",
      body: z.object({ current: password, next: password }),
      response: empty,
      async handler({ caller, body, cookie }) {
        await accounts.changeOwnPassword(caller, body.current, body.next);
        cookie.clear();
        return {};
      },
    }),
  ];
}
