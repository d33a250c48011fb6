/** Who is signed in, and what they may do: the navigation and every button follow it. */
import { api, ApiError, onSignedOut } from "./api.ts";
import { arrive, go } from "./router.svelte.ts";

export interface Session {
  readonly person: {
    readonly id: string;
    readonly name: string;
    readonly roles: readonly string[];
    readonly permissions: readonly string[];
  };
  readonly member: {
    readonly id: string;
    readonly name: string;
    readonly country: string;
    readonly kind: string;
  };
}

let current = $state.raw<Session | null | undefined>(undefined);
let ended = $state(false);

/** `undefined` while unknown, `null` when nobody is signed in. */
export function session(): Session | null | undefined {
  return current;
}

/** Whether the person signed in may do this; the node decides again at every request. */
export function may(permission: string): boolean {
  return current?.person.permissions.includes(permission) ?? false;
}

/** Whether the node ended the sign-in while somebody worked: too long without a request, or a day is over. */
export function sessionEnded(): boolean {
  return ended;
}

export async function resumeSession(): Promise<void> {
  onSignedOut(() => {
    ended = current !== null;
    current = null;
  });
  try {
    current = await api.get<Session>("/session");
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 401) throw error;
    current = null;
  }
}

export async function signIn(name: string, password: string): Promise<void> {
  await api.post("/session", { signIn: name, password });
  arrive();
  current = await api.get<Session>("/session");
  ended = false;
}

export async function signOut(): Promise<void> {
  await api.delete("/session");
  current = null;
  // The next person starts at their own first page.
  go("/", { replace: true });
  arrive();
}
