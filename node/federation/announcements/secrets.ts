/**
 * The secret that blinds announcements: one for each version of the roster, known to members only, so that whoever leaves with an
 * old one cannot read what comes later. Members tell it each other. Whoever needs one and is told none draws it; of two for one
 * version the lower one stands, so that all end with the same without asking anybody in charge.
 */
import { hex, type Random } from "@wardline/protocol/encoding";
import { rosterVersion, type Trust } from "@wardline/protocol/roster";
import type { Commit } from "../../commit/index.ts";
import { defineCollection } from "../../store/index.ts";

export interface Blinding {
  readonly roster: number;
  /** 32 bytes. */
  readonly secret: Uint8Array;
}

/** Key: `current`, `previous`. */
const blindings = defineCollection<Blinding>("federation.blindings");

export interface Secrets {
  current(): Promise<Blinding | undefined>;
  /** The one that stands and the one before it: not everybody has announced anew. */
  known(): Promise<Blinding[]>;
  /** Takes what another member says, if that stands above what is known. */
  adopt(theirs: Blinding): Promise<void>;
  /** The one for the roster held now, drawn if nobody has told one. */
  draw(): Promise<Blinding>;
}

export function createSecrets(services: { commit: Commit; trust: () => Trust; random: Random }): Secrets {
  const { commit, trust, random } = services;
  const current = () => commit.get(blindings, "current");

  async function adopt(theirs: Blinding): Promise<void> {
    // Of a roster that we do not hold anybody could say anything.
    if (theirs.roster > rosterVersion(trust())) return;
    await commit.run(async (unit) => {
      const ours = await unit.get(blindings, "current");
      if (ours && !standsAbove(theirs, ours)) return;
      unit.put(blindings, ["current"], { roster: theirs.roster, secret: theirs.secret });
      if (ours) unit.put(blindings, ["previous"], ours);
    });
  }

  return {
    current,
    async known() {
      const both = [await current(), await commit.get(blindings, "previous")];
      return both.filter((one) => one !== undefined);
    },
    adopt,
    async draw() {
      const roster = rosterVersion(trust());
      const ours = await current();
      if (ours?.roster === roster) return ours;
      const drawn = { roster, secret: random(32) };
      await adopt(drawn);
      return (await current()) ?? drawn;
    },
  };
}

function standsAbove(theirs: Blinding, ours: Blinding): boolean {
  if (theirs.roster !== ours.roster) return theirs.roster > ours.roster;
  return hex(theirs.secret) < hex(ours.secret);
}
