/** What messages can point at beyond casework: requests of others for material that is held here. */
import type { Casework, PointerSource } from "../../casework/index.ts";
import { requests } from "./requests.ts";

export const requestedHere = (casework: Casework): PointerSource => ({
  async offered(reader, report) {
    const found: Awaited<ReturnType<PointerSource["offered"]>> = [];
    for (const { id, digests } of await casework.itemsOf(reader, report))
      for await (const { value } of reader.list(requests, { index: "item", prefix: [id] }))
        found.push({ kind: "material", request: value.id, sha256: digests.sha256 });
    return found;
  },
  async place(reader, reference) {
    if (reference.kind !== "material") return undefined;
    const request = await reader.get(requests, reference.request);
    return request && { where: "material", id: request.id };
  },
});
