/**
 * Freshness is signed by several members together: whose turn it is proposes the next file, the others check it against
 * their own view and sign too, and with enough keys of enough countries it is published. What a holder cannot agree with
 * it refuses with a code, which the operators of both see.
 */
import type { Connection } from "@libp2p/interface";
import { WardlineError, isWardlineError } from "@wardline/protocol/encoding";
import type { MemberId } from "@wardline/protocol/identity";
import {
  checkFreshnessProposal,
  fileHash,
  nextFreshness,
  readFreshness,
  type FederationFile,
  type FileSignature,
  type LastSigned,
  type Trust,
} from "@wardline/protocol/roster";
import type { Commit } from "../../commit/index.ts";
import { defineCollection } from "../../store/index.ts";
import type { Clock, Log } from "../../telemetry/index.ts";
import type { Links } from "../hello/links.ts";
import type { AcceptedFiles } from "../membership/membership.ts";
import type { OfferedFile } from "../membership/files.ts";
import type { Asker, Protocol } from "../transport/protocol.ts";
import type { Registrar } from "../transport/registrar.ts";
import { countingKeys, holdersNow, isComplete, signWith, validSignatures } from "./keys.ts";
import { encodeCosignatures, encodeProposal, readCosignatures, readProposal } from "./wire.ts";

/** What this node signed last. Key: `freshness`. */
const cosigned = defineCollection<LastSigned>("federation.cosigned");

/** What one holder last answered, or was answered, for the operators. */
export interface Disagreement {
  readonly member: MemberId;
  /** `theirs`: they refused ours; `ours`: we refused theirs. */
  readonly refusedBy: "us" | "them";
  readonly code: string;
  readonly at: number;
}

export interface CosigningServices {
  readonly self: MemberId;
  readonly trust: () => Trust;
  readonly commit: Commit;
  readonly clock: Clock;
  readonly log: Log;
  readonly links: Links;
  readonly registrar: () => Registrar;
  readonly protocol: Protocol;
  readonly accept: (files: readonly OfferedFile[]) => Promise<AcceptedFiles>;
  /** Fetches what the other side holds and we lack. */
  readonly catchUp: (connection: Connection) => Promise<void>;
  /** A freshness file younger than that is not followed by another one, but for a new roster. Milliseconds. */
  readonly youngest: number;
  /** Keeps a proposal of a suspension for people. Throws what it is refused for. */
  readonly onSuspension: (file: FederationFile, from: MemberId) => Promise<void>;
}

export interface Cosigning {
  /** Proposes the next freshness file and publishes it if enough agree. Gives whether it was published. */
  propose(): Promise<boolean>;
  answer(request: Uint8Array, asker: Asker): Promise<Uint8Array>;
  /** The last word of each holder, the newest first. */
  disagreements(): Disagreement[];
}

export function createCosigning(services: CosigningServices): Cosigning {
  const { self, trust, commit, clock, links } = services;
  const last = new Map<string, Disagreement>();

  function note(member: MemberId, refusedBy: Disagreement["refusedBy"], error: unknown): void {
    const code = isWardlineError(error) ? error.code : "peer/internal";
    last.set(`${refusedBy} ${member}`, { member, refusedBy, code, at: clock.now() });
    services.log.warn({ member, refusedBy, code }, "freshness was not signed together");
  }

  /** Signs once for each version, on disk before anybody is given the signature. */
  async function sign(bytes: Uint8Array): Promise<FileSignature[]> {
    return commit.run(async (unit) => {
      const now = clock.now();
      checkFreshnessProposal(trust(), bytes, await unit.get(cosigned, "freshness"), now);
      const { rosterHash, version } = readFreshness(bytes);
      unit.put(cosigned, ["freshness"], { rosterHash, version, hash: fileHash({ bytes, signatures: [] }) });
      return signWith("freshness", bytes, trust(), await countingKeys(unit, trust(), now));
    });
  }

  async function propose(): Promise<boolean> {
    const bytes = nextFreshness(trust(), clock.now());
    let file: FederationFile = { bytes, signatures: await sign(bytes) };
    const enough = Promise.withResolvers<void>();
    const add = (signatures: readonly FileSignature[]) => {
      file = { bytes, signatures: [...file.signatures, ...signatures] };
      if (isComplete("freshness", file, trust(), clock.now())) enough.resolve();
    };
    add([]);
    const request = encodeProposal("freshness", file);
    const asked = others().map((member) => ask(member, request, bytes).then(add));
    await Promise.race([enough.promise, Promise.all(asked)]);
    if (!isComplete("freshness", file, trust(), clock.now())) return false;
    const { accepted } = await services.accept([{ kind: "freshness", file }]);
    return accepted > 0;
  }

  /** One holder's signatures; none when it refuses or is away. */
  async function ask(
    member: MemberId,
    request: Uint8Array,
    bytes: Uint8Array,
  ): Promise<readonly FileSignature[]> {
    const link = links.to(member);
    if (!link) return [];
    try {
      const answer = await services.registrar().ask(link.connection, services.protocol, request);
      const file = { bytes, signatures: readCosignatures(answer) };
      const valid = validSignatures("freshness", file, trust(), clock.now(), member);
      if (valid.length === 0) throw new WardlineError("freshness/unsigned", "Nothing valid was signed.");
      last.delete(`them ${member}`);
      return valid;
    } catch (error) {
      note(member, "them", error);
      return [];
    }
  }

  const others = () =>
    [...new Set(holdersNow(trust(), clock.now()).map(({ member }) => member))].filter((id) => id !== self);

  async function cosign(file: FederationFile, connection: Connection): Promise<Uint8Array> {
    const { rosterVersion } = readFreshness(file.bytes);
    if (rosterVersion > (trust().roster?.value.version ?? 0)) await services.catchUp(connection);
    const held = trust().freshness?.value;
    const isYoung = held?.rosterVersion === rosterVersion && clock.now() - held.created < services.youngest;
    if (isYoung) throw new WardlineError("freshness/too-soon", "The freshness file held is still young.");
    return encodeCosignatures(await sign(file.bytes));
  }

  return {
    propose,
    async answer(request, { member, connection }) {
      const { kind, file } = readProposal(request);
      if (member === undefined || !others().includes(member)) {
        throw new WardlineError("freshness/not-a-holder", "The peer holds no freshness key.");
      }
      try {
        if (validSignatures(kind, file, trust(), clock.now(), member).length === 0) {
          throw new WardlineError("freshness/unsigned", "The proposer has not signed what it proposes.");
        }
        if (kind === "freshness") {
          const answer = await cosign(file, connection);
          last.delete(`us ${member}`);
          return answer;
        }
        await services.onSuspension(file, member);
        return encodeCosignatures([]);
      } catch (error) {
        note(member, "us", error);
        throw error;
      }
    },
    disagreements: () => [...last.values()].sort((a, b) => b.at - a.at),
  };
}
