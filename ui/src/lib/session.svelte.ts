/** Who is signed in, and what they may do: the navigation and every button follow it. */
import { api, ApiError, onSignedOut } from "./api.ts";

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

/** `undefined` while unknown, `null` when nobody is signed in. */
export function session(): Session | null | undefined {
  return current;
}

/** Whether the person signed in may do this; the node decides again at every request. */
export function may(permission: string): boolean {
  return current?.person.permissions.includes(permission) ?? false;
}

export async function resumeSession(): Promise<void> {
  onSignedOut(() => (current = null));
  try {
    current = await api.get<Session>("/session");
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 401) throw error;
    current = null;
  }
}

export async function signIn(name: string, password: string): Promise<void> {
  await api.post("/session", { signIn: name, password });
  current = await api.get<Session>("/session");
}

export async function signOut(): Promise<void> {
  await api.delete("/session");
  current = null;
}
