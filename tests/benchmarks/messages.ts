/** What the benchmark asks of a member's process; each question has one answer. */
export type Question =
  | { readonly do: "start"; readonly configurationFile: string }
  | { readonly do: "connect" }
  | { readonly do: "cpu" }
  /** Says as many reports to the other member, and waits for their receipts. */
  | { readonly do: "say"; readonly envelopes: number; readonly bytes: number; readonly address: number }
  /** The bare cryptography as often; answers with microseconds for one. */
  | { readonly do: "bare"; readonly envelopes: number; readonly bytes: number }
  | { readonly do: "stop" };

export type Answer = { readonly value: number } | { readonly error: string };
