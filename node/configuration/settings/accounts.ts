/** How people of this organisation sign in, and for how long. */
import { z } from "zod";
import { duration } from "./units.ts";

const count = (standard: number) => z.int().min(1).default(standard);

const cost = z
  .strictObject({
    memory: z
      .int()
      .min(19_456)
      .max(1_048_576)
      .default(65_536)
      .describe(
        "KiB of memory per guess (argon2id). 64 MiB is the memory-constrained choice of RFC 9106; less than 19 MiB is below every published advice.",
      ),
    passes: count(3).describe(
      "Passes over that memory: with 64 MiB about 0.25 s on a slow core, unnoticed by a person.",
    ),
    lanes: z
      .int()
      .min(1)
      .max(16)
      .default(1)
      .describe(
        "Lanes computed at once: one, so that a sign-in takes one core of a small machine and not all of them.",
      ),
  })
  .prefault({});

const password = z
  .strictObject({
    shortest: z
      .int()
      .min(8)
      .max(128)
      .default(12)
      .describe(
        "Fewest characters. Length counts more than kinds of characters, so there is no rule about those.",
      ),
    cost,
    parallel: count(2).describe(
      "Passwords verified at once: bounds memory at 128 MiB and leaves the other threads to the disk.",
    ),
    waiting: count(32).describe("Sign-ins that may wait for that; more are asked to come back."),
  })
  .prefault({});

const attempts = z
  .strictObject({
    free: count(5).describe(
      "Failed attempts on one name before the first wait: people mistype. An address has ten times as many.",
    ),
    firstWait: duration("1s").describe("The first wait; each further failure doubles it."),
    longestWait: duration("5m").describe(
      "Longest wait: under 300 guesses a day on one name, while a locked-out person is back within minutes.",
    ),
    memory: duration("1h").describe("After so long without a failure the count starts anew."),
  })
  .prefault({});

const session = z
  .strictObject({
    idle: duration("30m").describe(
      "Without a request for so long, a sign-in ends: an unattended screen in a secure room.",
    ),
    absolute: duration("12h").describe("A sign-in ends after a working day, however busy."),
  })
  .prefault({});

const approval = z
  .strictObject({
    needed: z
      .int()
      .min(2)
      .max(5)
      .default(2)
      .describe(
        "Different people, from different sign-ins, that a release of material takes. Never fewer than two.",
      ),
    lifetime: duration("72h").describe("An approval that stays alone counts no longer than a long weekend."),
  })
  .prefault({});

export const accountsSettings = z.strictObject({ password, attempts, session, approval });
