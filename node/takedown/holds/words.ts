/** A hold in the words that people read. */
import type { Casework } from "../../casework/index.ts";
import type { Hold } from "./records.ts";

/** The organisation whose hold it is. */
export const nameOf = (casework: Pick<Casework, "label">, { owner }: Hold) =>
  owner.member === undefined ? (owner.agency ?? "") : casework.label(owner.member).name;
