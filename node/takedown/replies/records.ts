/** Answers, by the notice that they belong to. */
import { defineCollection } from "../../store/index.ts";
import type { ReadReply } from "./read.ts";

export interface Reply extends ReadReply {
  id: string;
  notice: string;
  at: number;
}

export const replies = defineCollection<Reply>("takedown.replies", {
  indexes: { notice: ({ notice, at }) => [[notice, at]] },
});
