/** The documents of an export, made from what casework keeps. No person of any organisation is named in them. */
import type { Casework, Item, Report } from "../casework/index.ts";
import type { Reader } from "../store/index.ts";

/** What the report is about, where it was hosted, and what was done about it when. */
export function reportDocument(casework: Casework, report: Report, all: readonly Item[]): unknown {
  const { id, reference, url, host, source, origin, state, hosting, route, timestamps, pages, actions } =
    report;
  const members = new Set(all.flatMap((item) => item.assessments.map(({ author }) => author)));
  for (const { by } of [...actions, ...all.flatMap((item) => item.actions)]) members.add(by);
  if (origin) members.add(origin.member);
  return {
    ...{ id, reference, url, host, source, origin, state, hosting, route, timestamps, pages, actions },
    members: [...members].map((member) => casework.label(member)),
  };
}

/** One item with every verdict that was ever given on it, and the one that counts. */
export function itemDocument(casework: Casework, report: Report, item: Item): unknown {
  const { id, url, foundOn, kind, mime, bytes, width, height, digests, state, refused, known, online } = item;
  const { assessments, actions } = item;
  const agreed = casework.agreed(report, item);
  return {
    ...{ id, url, foundOn, kind, mime, bytes, width, height, digests, state, refused, known, online },
    ...{ assessments, agreed, actions },
  };
}

/** A list as JSON, one element a line. */
export async function* jsonList(
  values: AsyncIterable<unknown> | Iterable<unknown>,
): AsyncGenerator<Uint8Array> {
  let before = "[\n";
  for await (const value of values) {
    yield Buffer.from(before + JSON.stringify(value));
    before = ",\n";
  }
  yield Buffer.from(before === "[\n" ? "[]\n" : "\n]\n");
}

export async function* acquisitionsOf(
  casework: Casework,
  reader: Reader,
  all: readonly Item[],
): AsyncGenerator<unknown> {
  for (const { id } of all) {
    const acquisition = await casework.acquisition(reader, id);
    if (acquisition) yield acquisition;
  }
}
