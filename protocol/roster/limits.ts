/** The numbers of the membership rules. They are part of the wire, not settings: all members must judge alike. */
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** Longest lives, in milliseconds. A life is from `created` (or a key's `from`) to the end. */
export const life = {
  /** Two years, one of them a leap year: offline ceremonies are rare. */
  root: 731 * day,
  registrarKey: 366 * day,
  roster: 90 * day,
  freshnessKey: 90 * day,
  /** A suspension reaches every member that is asked to trust nothing older. */
  freshness: 24 * hour,
  suspension: 72 * hour,
  identityKey: 366 * day,
  /** One week of use; a stolen key opens no more than that. */
  sealingKey: 7 * day,
  /** This and the next four weeks. */
  card: 35 * day,
} as const;

/** How long after the freshness file's end exchange still goes on, with members already known. */
export const staleTolerance = 48 * hour;
/** Clocks of honest members differ; more is told to both operators. */
export const clockSkew = 5 * minute;
/** This and the next four weeks. */
export const mostSealingKeys = 5;
/** More signatures than any role has keys are noise, and each costs a verification. */
export const mostSignatures = 32;
/**
 * A roster changes rarely, so an honest one is never this far ahead of the one held. It keeps stolen registrar keys from
 * using up the version numbers in one step.
 */
export const mostVersionsAhead = 1000;
/** Portable proofs of misbehaviour to keep; the first ones are what matters. */
export const mostEvidence = 64;

/** Liftings of emergency suspensions to remember: each takes several people, and is over after 72 hours. */
export const mostLiftings = 64;

/** The weakest roles that are accepted: distinct keys, and distinct jurisdictions among their holders. */
export const weakest = {
  root: { threshold: 3, jurisdictions: 3 },
  registrars: { threshold: 2, jurisdictions: 2 },
  freshness: { threshold: 2, jurisdictions: 2 },
} as const;

/** Largest files in bytes. A member's roster entry has about 8 KiB: 200 members fit four times over. */
export const mostBytes = {
  root: 1 << 20,
  roster: 8 << 20,
  freshness: 1 << 16,
  suspension: 1 << 16,
  card: 1 << 16,
  successor: 1 << 15,
} as const;
