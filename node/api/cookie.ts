/** The session's cookie. `__Host-` makes browsers insist on Secure, Path=/ and no Domain; treat `*.localhost` as secure. */
import type { FastifyReply, FastifyRequest } from "fastify";
import type { SessionCookie } from "../accounts/index.ts";

const name = "__Host-wardline";
const flags = { path: "/", httpOnly: true, secure: true, sameSite: "strict" } as const;

export function readCookie(request: FastifyRequest): string | undefined {
  return request.cookies[name];
}

export function sessionCookie(request: FastifyRequest, reply: FastifyReply): SessionCookie {
  return {
    token: readCookie(request),
    set: (token) => void reply.setCookie(name, token, flags),
    clear: () => void reply.clearCookie(name, flags),
  };
}
