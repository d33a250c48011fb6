/** `/wardline/freshness/1`: one holder of a freshness key gives another a file to sign. */
import { z } from "zod";
import { encodeCbor } from "@wardline/protocol/encoding";
import type { FederationFile, FileSignature } from "@wardline/protocol/roster";
import { fromWire, toWire, wireFileSchema } from "../membership/files.ts";
import { readMessage } from "../transport/messages.ts";
import type { CosignedKind } from "./keys.ts";

const requestSchema = wireFileSchema.extend({ kind: z.enum(["freshness", "suspension"]) });
const answerSchema = wireFileSchema.pick({ signatures: true });

export function encodeProposal(kind: CosignedKind, file: FederationFile): Uint8Array {
  return encodeCbor(toWire({ kind, file }));
}

/** Throws `peer/malformed`. */
export function readProposal(bytes: Uint8Array): { kind: CosignedKind; file: FederationFile } {
  const message = readMessage(requestSchema, bytes);
  return { kind: message.kind, file: fromWire(message).file };
}

export function encodeCosignatures(signatures: readonly FileSignature[]): Uint8Array {
  const { signatures: written } = toWire({
    kind: "freshness",
    file: { bytes: new Uint8Array(), signatures },
  });
  return encodeCbor({ signatures: written });
}

/** Throws `peer/malformed`. */
export function readCosignatures(bytes: Uint8Array): readonly FileSignature[] {
  const { signatures } = readMessage(answerSchema, bytes);
  return fromWire({ kind: "freshness", bytes: new Uint8Array(), signatures }).file.signatures;
}
