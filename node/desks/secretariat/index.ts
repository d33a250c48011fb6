/** The secretariat's desk: it sees the federation, which every node shows, and no report, so it adds nothing of its own. */
import { nothing, type Desk } from "../desk.ts";

export const secretariatDesk: Desk = {
  register: () => undefined,
  routes: () => [],
  vaultNames: nothing,
};
