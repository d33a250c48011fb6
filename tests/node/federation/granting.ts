/** Grants between real nodes, and what became of their transfers. */
import { systemRandom } from "@wardline/protocol/encoding";
import { defineCollection } from "../../../node/store/index.ts";
import type { Grant } from "../../../node/vault/index.ts";
import type { TransferView } from "../../../node/federation/index.ts";
import { newId, startNode, type Place, type StartOptions, type TestNode } from "./support.ts";

/** What arrived, over all lives of a node. Key: the transfer. */
export const arrivals = defineCollection<{ item: string }>("test.arrivals");

/** A node that notes what becomes of its transfers. */
export interface Receiver {
  readonly node: TestNode;
  /** Ids of items in the vault, by transfer. */
  readonly arrived: Map<string, string>;
  /** Codes, by transfer. */
  readonly ended: Map<string, string>;
  /** Times that something was to be shown. */
  readonly shown: () => number;
  view(id: string): Promise<TransferView | undefined>;
}

export async function startReceiver(place: Place, options: StartOptions = {}): Promise<Receiver> {
  const arrived = new Map<string, string>();
  const ended = new Map<string, string>();
  let shown = 0;
  const node = await startNode(place, {
    ...options,
    prepare: ({ material }) =>
      material.transfers.handle({
        arrived: (unit, id, item) => {
          unit.put(arrivals, [id], { item });
          arrived.set(id, item);
        },
        ended: (_, id, code) => void ended.set(id, code),
        changed: () => void shown++,
      }),
  });
  const view = (id: string) => node.federation.material.transfers.view(node.commit, id);
  return { node, arrived, ended, shown: () => shown, view };
}

/** Stores an item at the holder and grants it to the member. */
export async function grantTo(
  { vault, commit, federation }: TestNode,
  to: string,
  size: number,
  expires = Date.now() + 3_600_000,
): Promise<{ grant: Grant; bytes: Uint8Array }> {
  const bytes = systemRandom(size);
  const item = await vault.put(bytes);
  const id = newId();
  await commit.run((unit) => federation.material.offer(unit, { grant: id, item: item.id, to, expires }));
  const key = await vault.grantKey(item.id, id);
  const sealedBytes = await vault.grantSize(item.id);
  return { grant: { id, key, sha256: item.sha256, bytes: size, sealedBytes }, bytes };
}

/** Begins the transfer of a grant; gives its id. */
export async function begin(
  { node }: Receiver,
  from: string,
  grant: Grant,
  expires = Date.now() + 3_600_000,
): Promise<string> {
  const id = newId();
  await node.commit.run((unit) =>
    node.federation.material.transfers.begin(unit, { id, from, grant, expires }),
  );
  return id;
}
