/** A handler whose effect can be counted: in the store, how often each statement was applied. */
import type { Federation } from "../../../node/federation/index.ts";
import { defineCollection } from "../../../node/store/index.ts";

export const applied = defineCollection<{ readonly count: number }>("test.counted");

export function counting(federation: Federation): void {
  federation.handle("conversation.message", {
    async apply(unit, { statement }) {
      const before = await unit.get(applied, statement.id);
      unit.put(applied, [statement.id], { count: (before?.count ?? 0) + 1 });
    },
  });
}
