/** Saying a label in another vocabulary, and honestly whether something was lost on the way. */
import { WardlineError } from "@wardline/protocol/encoding";
import type { Facts, VocabularyReference } from "@wardline/protocol/vocabulary";
import type { Mapping } from "./data.ts";

export interface MappedLabel {
  label: string;
  /** False: the target has no word for it; show the original wherever the label is shown. */
  exact: boolean;
  /** What was said originally; it always travels along. */
  original: { label: string; vocabulary: VocabularyReference };
}

/** Maps one label by the first row that fits. `jurisdiction/no-mapping` when no row does: never a guess. */
export function mapLabel(mapping: Mapping, label: string, facts?: Facts): MappedLabel {
  const row = mapping.rows.find(
    (one) => one.from === label && (!one.ages || (facts !== undefined && one.ages.includes(facts.age))),
  );
  if (!row)
    throw new WardlineError("jurisdiction/no-mapping", `Mapping ${mapping.id} has no row for "${label}".`, {
      advice: "Add a row to the mapping's file.",
    });
  return { label: row.to, exact: row.exact, original: { label, vocabulary: mapping.from } };
}
