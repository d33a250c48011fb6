/**
 * Lists as NCMEC's exchange writes them, so that its clients read them: images in one element and videos in another, with
 * their number and newest change in front. That takes a first pass that counts, then one for each.
 */
import { hashKinds, type Entries, type ListEntry } from "./entry.ts";

const medias = ["image", "video"] as const;
type Media = (typeof medias)[number];

/** Entries that say neither are written as images. */
const mediaOf = ({ media }: ListEntry): Media => media ?? "image";

export async function* writeXml(entries: Entries): AsyncGenerator<string, void, undefined> {
  const totals = { image: { count: 0, newest: 0 }, video: { count: 0, newest: 0 } };
  for await (const batch of entries()) {
    for (const entry of batch) {
      const total = totals[mediaOf(entry)];
      total.count++;
      total.newest = Math.max(total.newest, entry.updated ?? 0);
    }
  }
  yield `<?xml version="1.0" encoding="UTF-8"?>\n<queryResult xmlns="https://hashsharing.ncmec.org/hashsharing/v2">\n`;
  for (const media of medias) {
    const { count, newest } = totals[media];
    if (count === 0) continue;
    yield `  <${media}s count="${count}" maxTimestamp="${timestamp(newest)}">\n`;
    for await (const batch of entries()) {
      yield batch
        .filter((entry) => mediaOf(entry) === media)
        .map((entry) => element(entry, media))
        .join("");
    }
    yield `  </${media}s>\n`;
  }
  yield "</queryResult>\n";
}

function element(entry: ListEntry, media: Media): string {
  const { source, sourceId, updated, id, verdict, disputed, deleted } = entry;
  const name = deleted === true ? `deleted${media === "image" ? "Image" : "Video"}` : media;
  const member = sourceId === undefined ? "" : ` id="${escaped(sourceId)}"`;
  const lines = [
    source === undefined && sourceId === undefined
      ? ""
      : `<member${member}>${escaped(source ?? "")}</member>`,
    updated === undefined ? "" : `<timestamp>${timestamp(updated)}</timestamp>`,
    id === undefined ? "" : `<id>${escaped(id)}</id>`,
    verdict === undefined ? "" : `<classification>${escaped(verdict)}</classification>`,
    fingerprints(entry),
    disputed === true ? `<feedback><negativeFeedback type="${firstKind(entry)}"/></feedback>` : "",
  ].filter((line) => line !== "");
  return [`<${name}>`, ...lines.map((line) => `  ${line}`), `</${name}>`]
    .map((line) => `    ${line}\n`)
    .join("");
}

function fingerprints(entry: ListEntry): string {
  const quality = entry.quality === undefined ? "" : ` quality="${entry.quality}"`;
  const ours = hashKinds
    .filter((kind) => entry[kind] !== undefined)
    .map((kind) => `<${kind}${kind === "pdq" ? quality : ""}>${entry[kind]}</${kind}>`);
  const others = Object.entries(entry.other ?? {}).map(
    ([kind, value]) => `<${kind}>${escaped(value)}</${kind}>`,
  );
  const all = [...ours, ...others];
  return all.length === 0 ? "" : `<fingerprints>${all.join("")}</fingerprints>`;
}

const firstKind = (entry: ListEntry) =>
  hashKinds.find((kind) => entry[kind] !== undefined)?.toUpperCase() ?? "";

const timestamp = (seconds: number) => new Date(seconds * 1000).toISOString().replace(".000Z", "Z");

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** XML allows few control characters, not even as entities: the others become a replacement character. */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd")
    .replace(/[&<>"]/g, (character) => entities[character] ?? "")
    .replace(/[\r\n\t]/g, (character) => `&#${character.charCodeAt(0)};`);
}
