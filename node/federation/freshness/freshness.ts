/** What holders of freshness keys do together, put together: renewing freshness, and suspending in an emergency. */
import type { MemberId } from "@wardline/protocol/identity";
import type { Reader } from "../../store/index.ts";
import { createCosigning, type CosigningServices, type Disagreement } from "./cosigning.ts";
import { holdersNow } from "./keys.ts";
import { createRenewal, type Renewal, type RenewalServices } from "./renewal.ts";
import { createSuspending, type Suspending, type SuspensionProposal } from "./suspending.ts";
import type { Asker } from "../transport/protocol.ts";

export type FreshnessServices = Omit<CosigningServices, "onSuspension" | "youngest"> &
  Omit<RenewalServices, "cosigning">;

/** How the holders of freshness keys stand with this node. */
export interface HoldersView {
  /** In the order in which they propose. */
  readonly holders: readonly MemberId[];
  /** This node holds a key that counts now. */
  readonly holding: boolean;
  readonly disagreements: readonly Disagreement[];
  readonly proposals: readonly SuspensionProposal[];
}

export interface Freshness extends Pick<Renewal, "hold">, Pick<Suspending, "propose" | "sign" | "putAway"> {
  view(reader: Reader): Promise<HoldersView>;
  answer(request: Uint8Array, asker: Asker): Promise<Uint8Array>;
  membershipChanged(): Promise<void>;
  start(): Promise<void>;
  stop(): void;
}

export function createFreshness(services: FreshnessServices): Freshness {
  const suspending = createSuspending(services);
  const cosigning = createCosigning({
    ...services,
    youngest: services.intervals.freshness / 4,
    onSuspension: suspending.receive,
  });
  const renewal = createRenewal({ ...services, cosigning });
  return {
    hold: renewal.hold,
    propose: suspending.propose,
    sign: suspending.sign,
    putAway: suspending.putAway,
    answer: cosigning.answer,
    async view(reader) {
      const ids = holdersNow(services.trust(), services.clock.now()).map(({ member }) => member);
      return {
        holders: [...new Set(ids)],
        holding: await suspending.mayPropose(reader),
        disagreements: cosigning.disagreements(),
        proposals: await suspending.waiting(reader),
      };
    },
    async membershipChanged() {
      await renewal.membershipChanged();
      await suspending.membershipChanged();
    },
    async start() {
      await suspending.start();
      await renewal.start();
    },
    stop: suspending.stop,
  };
}
