/** Requests for material that this organisation holds, as they are kept. */
import { WardlineError } from "@wardline/protocol/encoding";
import type { Unit } from "../../commit/index.ts";
import { defineCollection, type Reader } from "../../store/index.ts";

export interface MaterialRequest {
  id: string;
  from: string;
  report: string;
  reference: string;
  item: string;
  purpose: string;
  legalBasis: string;
  received: number;
  state: "waiting" | "granted" | "refused" | "delivered" | "expired";
  /** The grant's id and end, once granted. */
  grant?: { id: string; expires: number };
  reason?: string;
}

export const requests = defineCollection<MaterialRequest>("hotline.material-requests", {
  indexes: {
    received: (request) => [[request.received]],
    item: (request) => [[request.item]],
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

/** The requester says that the material arrived and verified. */
export async function noteDelivered(unit: Unit, from: string, item: string): Promise<void> {
  for await (const { value } of unit.list(requests, { index: "item", prefix: [item] }))
    if (value.from === from && (value.state === "granted" || value.state === "expired"))
      putRequest(unit, { ...value, state: "delivered" });
}
