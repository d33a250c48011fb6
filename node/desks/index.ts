/** The desks: what each kind of member adds to the same services. `main.ts` chooses one by the roster's kind. */
import type { MemberKind } from "@wardline/protocol/roster";
import type { Desk } from "./desk.ts";
import { hotlineDesk } from "./hotline/index.ts";
import { interpolDesk } from "./interpol/index.ts";
import { policeDesk } from "./police/index.ts";
import { secretariatDesk } from "./secretariat/index.ts";

export type { Desk, DeskServices } from "./desk.ts";

const desks: Record<MemberKind, () => Desk> = {
  hotline: () => hotlineDesk,
  lea: () => policeDesk,
  interpol: interpolDesk,
  secretariat: () => secretariatDesk,
};

/** The desk of a kind of member, for one node. */
export const deskFor = (kind: MemberKind): Desk => desks[kind]();
