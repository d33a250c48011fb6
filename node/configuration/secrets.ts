/** Secrets do not belong beside the data, in backups and tickets: a configuration that holds one is refused. */
import type { Problem } from "./problems.ts";

/** Names that promise a secret. Settings that name the file with one end in `File`. */
const SECRET_NAME = /pass(?:word|phrase)|secret|token|private.?key|master.?key|seed/i;
const FILE_NAME = /file$/i;
/** What keys look like: PEM, a key file's line, 32 bytes in hexadecimal. */
const SECRET_VALUE = /-----BEGIN|wardline-key-1|^[0-9a-f]{64}$/i;

export function secretProblems(settings: unknown, path = ""): Problem[] {
  if (typeof settings !== "object" || settings === null) return [];
  return Object.entries(settings).flatMap(([name, value]: [string, unknown]) => {
    const at = path === "" ? name : `${path}.${name}`;
    return isSecret(name, value) ? [problem(at)] : secretProblems(value, at);
  });
}

function isSecret(name: string, value: unknown): boolean {
  if (typeof value !== "string") return false;
  return SECRET_VALUE.test(value.trim()) || (SECRET_NAME.test(name) && !FILE_NAME.test(name));
}

function problem(path: string): Problem {
  return {
    kind: "secret-in-file",
    path,
    message: "This looks like a secret, which a configuration must not hold.",
    advice:
      "Put it into a file of its own that only the node may read, and name that file (keyFile, takedown.smtp.passwordFile), or use a systemd credential. Then replace the secret: it may be in backups by now.",
  };
}
