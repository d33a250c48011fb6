/** Passwords, as argon2id hashes in the PHC string format, so that each hash says how it was made (RFC 9106). */
import { argon2, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { WardlineError, type Random } from "@wardline/protocol/encoding";

/** What one guess costs: `memory` in KiB, `passes` over it, `lanes` at once. */
export interface PasswordCost {
  readonly memory: number;
  readonly passes: number;
  readonly lanes: number;
}

export interface PasswordSettings {
  readonly cost: PasswordCost;
  readonly shortest: number;
  /** How many hashes may be computed at once, and how many may wait. */
  readonly parallel: number;
  readonly waiting: number;
}

export interface Passwords {
  /** @throws `accounts/weak-password` */
  hash(password: string, signIn: string): Promise<string>;
  /** Takes as long for an absent hash as for a present one, so that the time does not tell who exists. */
  verify(password: string, hash: string | undefined): Promise<boolean>;
  /** Whether the hash was made with other costs than today's. */
  outdated(hash: string): boolean;
}

const tagLength = 32;
const saltLength = 16;
const longest = 256;
const fewestDifferent = 5;
const argon2id = promisify(argon2);

export function createPasswords(settings: PasswordSettings, random: Random): Passwords {
  const gate = createGate(settings.parallel, settings.waiting);
  const { cost } = settings;
  /** Stands in for people who do not exist. No password has it: its tag was drawn, not derived. */
  const nobody = format(cost, random(saltLength), random(tagLength));

  async function derive(password: string, salt: Uint8Array, { memory, passes, lanes }: PasswordCost) {
    const message = Buffer.from(normalise(password), "utf8");
    return gate(() =>
      argon2id("argon2id", { message, nonce: salt, memory, passes, parallelism: lanes, tagLength }),
    );
  }

  return {
    async hash(password, signIn) {
      checkPassword(password, signIn, settings.shortest);
      const salt = random(saltLength);
      return format(cost, salt, await derive(password, salt, cost));
    },
    async verify(password, hash) {
      const known = parse(hash ?? nobody);
      const matches =
        password.length <= longest &&
        timingSafeEqual(known.tag, await derive(password.slice(0, longest), known.salt, known.cost));
      return matches && hash !== undefined;
    },
    outdated(hash) {
      const made = parse(hash).cost;
      return made.memory !== cost.memory || made.passes !== cost.passes || made.lanes !== cost.lanes;
    },
  };
}

/** One person types é as one character, another as two: both mean the same. */
function normalise(password: string): string {
  return password.normalize("NFC");
}

/** @throws `accounts/weak-password` */
export function checkPassword(password: string, signIn: string, shortest: number): void {
  const weak = (message: string) =>
    new WardlineError("accounts/weak-password", message, {
      advice: `Choose at least ${shortest} characters; four or five unrelated words are easy to keep and hard to guess.`,
    });
  const characters = [...normalise(password)];
  if (characters.length < shortest) throw weak("The password is too short.");
  if (characters.length > longest) throw weak(`The password is longer than ${longest} characters.`);
  if (new Set(characters).size < fewestDifferent) throw weak("The password repeats too few characters.");
  if (password.toLowerCase().includes(signIn.toLowerCase()))
    throw weak("The password contains the sign-in name.");
}

function format({ memory, passes, lanes }: PasswordCost, salt: Uint8Array, tag: Uint8Array): string {
  return `$argon2id$v=19$m=${memory},t=${passes},p=${lanes}$${unpadded(salt)}$${unpadded(tag)}`;
}

const phc = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

function parse(hash: string): { cost: PasswordCost; salt: Uint8Array; tag: Uint8Array } {
  const [, memory, passes, lanes, salt, tag] = phc.exec(hash) ?? [];
  if (salt === undefined || tag === undefined) {
    throw new WardlineError("accounts/damaged-password", "A stored password hash cannot be read.", {
      advice: "Set a new password with `wardline people password`.",
    });
  }
  return {
    cost: { memory: Number(memory), passes: Number(passes), lanes: Number(lanes) },
    salt: Buffer.from(salt, "base64"),
    tag: Buffer.from(tag, "base64"),
  };
}

function unpadded(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64").replaceAll("=", "");
}

/** Lets a few computations run at once and a few wait; each takes tens of megabytes, and a flood must not take them all. */
function createGate(parallel: number, mostWaiting: number) {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (running >= parallel) {
      if (waiting.length >= mostWaiting) {
        throw new WardlineError("accounts/busy", "Too many people are signing in at this moment.", {
          advice: "Try again in a few seconds.",
        });
      }
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else running++;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}
