/** Requests for material that this organisation holds, as they are kept. */
import { WardlineError } from "@wardline/protocol/encoding";
import type { Unit } from "../../commit/index.ts";
import { defineCollection, type Reader } from "../../store/index.ts";
import type { DeskServices } from "../desk.ts";

export interface MaterialRequest {
  id: string;
  from: string;
  report: string;
  reference: string;
  item: string;
  purpose: string;
  legalBasis: string;
  received: number;
  state: "waiting" | "granted" | "refused" | "delivered" | "expired" | "withdrawn" | "cancelled";
  /** The grant's id and end, once granted, and the length of what is sent. */
  grant?: { id: string; expires: number; bytes: number };
  /** Why it was refused or withdrawn, for people. */
  reason?: string;
}

export const requests = defineCollection<MaterialRequest>("hotline.material-requests", {
  indexes: {
    received: (request) => [[request.received]],
    item: (request) => [[request.item]],
    grant: ({ grant }) => (grant ? [[grant.id]] : []),
  },
});

export function putRequest(unit: Unit, request: MaterialRequest): MaterialRequest {
  unit.put(requests, [request.id], request);
  unit.announce({ topic: "material-request", id: request.id });
  return request;
}

/** @throws `desks/no-such-request` */
export async function requireRequest(reader: Reader, id: string): Promise<MaterialRequest> {
  const request = await reader.get(requests, id);
  if (request) return request;
  throw new WardlineError("desks/no-such-request", "There is no such request for material.", {
    advice: "Go back to the list of requests.",
  });
}

/** The request that a grant answered. */
export async function requestOf(reader: Reader, grant: string): Promise<MaterialRequest | undefined> {
  for await (const { value } of reader.list(requests, { index: "grant", prefix: [grant], limit: 1 }))
    return value;
  return undefined;
}

/** The requester says that the material arrived and verified: the grant is not needed any more. */
export async function noteDelivered(
  { federation }: DeskServices,
  unit: Unit,
  from: string,
  item: string,
): Promise<void> {
  for await (const { value } of unit.list(requests, { index: "item", prefix: [item] })) {
    if (value.from !== from || !value.grant || !["granted", "expired", "withdrawn"].includes(value.state))
      continue;
    federation.material.settle(unit, value.grant.id);
    putRequest(unit, { ...value, state: "delivered" });
  }
}
