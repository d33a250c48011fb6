/**
 * What an entry looks like in JSON: our own and those of `wardline hash` (members by the names in `columns.ts`), a bare
 * hash, HMA (`signals`), StopNCII's hash records, Tech Against Terrorism's results.
 * Sources: facebook/ThreatExchange, its hasher-matcher-actioner and its exchange clients.
 */
import { columnsToCandidate } from "./columns.ts";
import type { PageFacts } from "./decoder.ts";
import type { Candidate } from "./entry.ts";

type Members = Record<string, unknown>;

const isObject = (value: unknown): value is Members =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The candidate in a JSON value, or a sentence that says why it is none. */
export function candidateOf(value: unknown): Candidate | string {
  if (typeof value === "string") return { hashes: [[undefined, value]] };
  if (!isObject(value)) return "An entry is an object or a hash.";
  if ("hashValue" in value && "signalType" in value) return stopNcii(value);
  if (isObject(value["error"])) return "The file could not be hashed, says the line.";
  const { signals, bank, other, ...members } = value;
  const candidate = columnsToCandidate(Object.entries(members));
  if (isObject(signals)) candidate.hashes.push(...Object.entries(signals));
  if (isObject(other)) candidate.hashes.push(...Object.entries(other));
  if (isObject(signals) && "video_md5" in signals) candidate.media ??= "video";
  candidate.source ??= isObject(bank) ? bank["name"] : bank;
  return candidate;
}

const statuses = ["Unknown", "Received", "Active", "Withdrawn", "Deleted"];
const opinions = [
  "Unknown",
  "None",
  "QualityUnknown",
  "PendingReview",
  "Blocked",
  "NotBlocked",
  "Withdrawn",
  "Deleted",
];

/** StopNCII: what users asked to have watched for, with what platforms said of it. Unknown words are not guessed at. */
function stopNcii(record: Members): Candidate | string {
  const { hashValue, signalType, hashStatus, lastModtimestamp, CSPFeedbacks: feedbacks = [] } = record;
  if (typeof signalType !== "string") return "The signalType is no text.";
  if (hashStatus !== undefined && !statuses.includes(hashStatus as string))
    return "The hashStatus is none of the known ones.";
  if (!Array.isArray(feedbacks)) return "The CSPFeedbacks are no list.";
  const values = feedbacks.map((feedback: unknown) =>
    isObject(feedback) ? feedback["feedbackValue"] : undefined,
  );
  if (!values.every((value) => opinions.includes(value as string)))
    return "A feedbackValue is none of the known ones.";
  return {
    hashes: [[signalType, hashValue]],
    media: signalType.startsWith("Video") ? "video" : "image",
    verdict: hashStatus,
    updated: lastModtimestamp,
    disputed: values.includes("NotBlocked"),
    deleted: hashStatus === "Withdrawn" || hashStatus === "Deleted",
  };
}

/** What the outermost object of a page says besides its entries. */
export function pageOf(value: unknown): PageFacts {
  if (!isObject(value)) return {};
  const { count, nextSetTimestamp: newest, hasMoreRecords, nextPageToken, next } = value;
  const following = hasMoreRecords === false ? undefined : (nextPageToken ?? next);
  return {
    ...(typeof count === "number" ? { count } : {}),
    ...(typeof newest === "number" ? { newest } : {}),
    ...(typeof following === "string" && following !== "" ? { next: following } : {}),
  };
}
