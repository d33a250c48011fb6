/**
 * What a ledger entry says to people: one sentence for each kind. Entries name members, never analysts; a person is
 * "a person of this organisation" with the pseudonym of this matter.
 */
type Detail = Record<string, unknown>;

export interface SentenceContext {
  /** Name of a member id; the id itself when it is not on the roster any more. */
  nameOf(member: string): string;
}

type Sentence = (detail: Detail, who: string, context: SentenceContext) => string;

const word = (value: unknown, otherwise = "unknown"): string =>
  typeof value === "string" || typeof value === "number" ? String(value) : otherwise;
const verdictWords: Record<string, string> = {
  baseline: "baseline",
  national: "nationally illegal",
  "not-illegal": "not illegal",
};
/** What a statement is to people; a type without a name of its own is named as it is. */
const statementNames: Record<string, string> = {
  "report.forward": "the report",
  "report.update": "an update",
  "assessment.share": "the assessments",
  "lea.escalation": "the escalation",
  "lea.feedback": "the answer of the police",
  "lea.hold": "the hold",
  "lea.release": "the release of the hold",
  "lea.hold-status": "the state of the hold",
  "icse.contribution": "the contribution",
  "icse.outcome": "the outcome",
  "material.request": "the request for material",
  "material.grant": "the grant",
  "material.refuse": "the refusal",
  "material.cancel": "word that the material is needed no longer",
  "notice.outcome": "the outcome of the notice",
  "conversation.message": "the message",
};
const statement = (value: unknown) => statementNames[word(value)] ?? word(value);
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
const eventWords: Record<string, string> = {
  "reported-to-lea": "reported to the police",
  "reported-to-isp": "reported to the provider",
};
/** A status, outcome or event in words: `under-investigation` reads “under investigation”. */
const plain = (value: unknown) => eventWords[word(value)] ?? word(value).replaceAll("-", " ");
const verdict = (value: unknown) => verdictWords[word(value)] ?? word(value);
/** A time in milliseconds as a day, UTC. */
const day = (value: unknown) =>
  typeof value === "number" ? new Date(value).toISOString().slice(0, 10) : "an unknown day";
const count = (value: unknown, noun: string) => `${word(value, "0")} ${noun}${value === 1 ? "" : "s"}`;
const member = (value: unknown, context: SentenceContext) => context.nameOf(word(value));
const members = (value: unknown, context: SentenceContext) =>
  (Array.isArray(value) ? value : [value]).map((one) => member(one, context)).join(" and ");

const handedTo = (way: unknown) =>
  way === "api"
    ? "accepted by the provider's interface"
    : way === "hand"
      ? "sent by a person"
      : "accepted by the mail server";

const words: Record<string, string> = { pause: "paused", resume: "let go on", cancel: "ended early" };

function hostingSentence(d: Detail): string {
  if (d["lookup"] === "failed") return "Where it is hosted could not be looked up.";
  if (d["cdn"]) return `Traced: behind ${word(d["cdn"])}, which hides where it is hosted.`;
  if (!d["country"]) return "Traced: nothing is known of where it is hosted.";
  return `Traced: hosted in ${word(d["country"])}${d["provider"] ? ` by ${word(d["provider"])}` : ""}.`;
}

const sentences: Record<string, Sentence> = {
  "report.received": (d, who, c) =>
    d["member"]
      ? `The report came from ${member(d["member"], c)} (their reference ${word(d["theirs"])}).`
      : `The report was filed as ${word(d["reference"])} (${word(d["source"])}) by ${who}.`,
  "report.filed-again": (_, who) =>
    `The same URL was reported again by ${who}; it was linked to this report.`,
  "report.extended": (d, _, c) => `${count(d["items"], "more item")} came from ${member(d["member"], c)}.`,
  "report.assessed": (d, who) =>
    `Assessment completed by ${who}: ${count(d["illegal"], "item")} illegal, ${count(d["legal"], "item")} not.`,
  "report.routed": (d) => word(d["sentence"]),
  "report.closed": (d, who) => `Closed by ${who}: ${word(d["reason"])}`,
  "report.removed": () => "Every illegal item of the report is confirmed offline.",
  "report.reopened": () => "An item is back online: the report is open again.",
  "report.moved": (d) => `The host has changed: ${word(d["sentence"])}`,
  "hosting.traced": (d) => hostingSentence(d),
  "capture.completed": (d) =>
    `Captured: ${count(d["pages"], "page")}, ${count(d["items"], "item")}, ${word(d["refused"], "0")} refused.`,
  "capture.archived": (d) =>
    `What was sent and received was sealed as ${word(d["archive"])}: ${count(d["records"], "record")}, SHA-256 ${word(d["sha256"])}.`,
  "capture.controlled": (d, who) => `The capture was ${words[String(d["command"])] ?? "changed"} by ${who}.`,
  "capture.failed": (d) => `The URL could not be captured (${word(d["code"])}).`,
  "capture.retried": (d, who) =>
    `Another capture${d["scripts"] === true ? ", with scripts," : ""} was asked for by ${who}.`,
  "item.recognised": (d, _, c) =>
    `Recognised by its SHA-256: ${verdict(d["verdict"])} by ${member(d["member"], c)}. Not shown to anybody here.`,
  "item.reopened": (d, _, c) =>
    `What ${member(d["member"], c)} saw is no longer taken over: members disagree about it. A person decides.`,
  "item.recognition-withdrawn": (d, _, c) =>
    `${member(d["member"], c)} withdrew the verdict; it counts no more here.`,
  "advert.withdrawn": (d, who) =>
    `What this organisation had advertised of a file was withdrawn by ${who}: ${word(d["reason"])}`,
  "holders.asked": (_, who) => `${who} asked other members which of them hold a file of this report now.`,
  "item.assessed": (d, who) => `Assessed as ${verdict(d["verdict"])} by ${who}, who looked.`,
  "item.viewed": (d, who) =>
    `Viewed (${word(d["level"])}) by ${who}${d["reason"] ? `: “${word(d["reason"])}”` : ""}.`,
  "assessment.received": (d, _, c) => `${member(d["member"], c)} assessed ${count(d["items"], "item")}.`,
  "action.reported-to-lea": (d, _, c) =>
    `${count(d["items"], "item")} reported to ${member(d["member"], c)}.`,
  "notice.approved": (d, who) =>
    `A notice about ${count(d["items"], "item")} to the provider was approved by ${who}.`,
  "notice.sending": (d) =>
    d["way"] === "hand"
      ? "The notice was written for a person to send."
      : `The notice is being handed over (attempt ${word(d["attempt"])}).`,
  "notice.sent": (d) => `The notice about ${count(d["items"], "item")} was ${handedTo(d["way"])}.`,
  "notice.sent-by-hand": (_, who) => `The notice was sent through the contact's form by ${who}.`,
  "notice.acknowledged": () => "The contact acknowledged the notice.",
  "notice.answer": () => "The contact answered the notice.",
  "notice.automatic": () => "An automatic answer to the notice arrived.",
  "notice.bounce": (d) =>
    `The notice ${d["final"] === true ? "could not be delivered" : "has not been delivered yet"} (${word(d["status"])}).`,
  "notice.cancelled": (d) => `The notice was not sent: ${word(d["reason"])}`,
  "notice.failed": (d) => `The notice could not be sent (${word(d["code"])}); a person must look.`,
  "notice.outcome": (d, _, c) =>
    `${member(d["member"], c)}: ${plain(d["outcome"])} (${count(d["items"], "item")}).`,
  "recheck.missing": (d) =>
    `Not found at its URL (${word(d["why"])}), miss ${word(d["misses"])} of ${word(d["needed"])}.`,
  "recheck.online": (d) =>
    d["why"] === "same-picture"
      ? "Found online at its URL: the same picture, encoded anew."
      : "Found online at its URL, with the same SHA-256.",
  "recheck.unavailable": (d) =>
    `The site did not answer properly (${word(d["why"])}); this is not counted as a removal.`,
  "recheck.offline": () => "Confirmed offline.",
  "recheck.moved": (d) => `${count(d["items"], "item")} found at another provider or in another country.`,
  "hold.placed": (d, who, c) =>
    `A hold of ${member(d["owner"], c)} until ${day(d["expires"])} was taken in from ${who}.`,
  "hold.extended": (d, who) => `The hold was asked for again by ${who}: until ${day(d["expires"])}.`,
  "hold.began": (d) =>
    `Held until ${day(d["expires"])} at most, as ${word(d["owner"])} asks: nobody is told.${d["told"] ? " The provider had been told before." : ""}`,
  "hold.ends-soon": (d) => `The hold ends on ${day(d["expires"])}: both sides were reminded.`,
  "hold.gone": (d) => `${count(d["items"], "item")} vanished while held.`,
  "hold.back-online": (d) => `${count(d["items"], "item")} came back while held.`,
  "hold.left": (d) => `The hold of ${word(d["owner"])} covers this report no more.`,
  "hold.ended": (d, who) => `The hold was ended by ${who}: ${plain(d["outcome"])}.`,
  "hold.asked": (d, who, c) =>
    `${member(d["member"], c)} was asked by ${who} not to tell the provider until ${day(d["expires"])}.`,
  "hold.released": (d, who, c) =>
    `The hold at ${member(d["member"], c)} was ended by ${who}: ${plain(d["outcome"])}.`,
  "hold.told": (d, _, c) => `${member(d["member"], c)} says of the hold: ${plain(d["event"])}.`,
  "hold.reminded": (d) => `The hold ends on ${day(d["expires"])}: its owner was reminded.`,
  "contact.approved": (_, who) => `The provider's abuse contact was approved for first use by ${who}.`,
  "escalation.received": (d, _, c) =>
    `Escalation of ${count(d["items"], "item")} received from ${member(d["member"], c)}.`,
  "escalation.answered": (d, who) => `Answered “${plain(d["status"])}” by ${who}.`,
  "lea.feedback": (d, _, c) => `${member(d["member"], c)} answered: ${plain(d["status"])}.`,
  "icse.contributed": (d, _, c) =>
    `${count(d["items"], "item")} offered to ${member(d["member"], c)}; no material was sent.`,
  "icse.received": (d, _, c) =>
    `Contribution of ${count(d["items"], "item")} received from ${member(d["member"], c)}.`,
  "icse.outcome": (d, _, c) => `${member(d["member"], c)}: ${plain(d["outcome"])}.`,
  "material.requested": (d, who, c) =>
    `The material of one item was requested by ${d["member"] ? member(d["member"], c) : who}: ${word(d["purpose"])}`,
  "material.approved": (d, who) =>
    `Release of the material approved by ${who} (${word(d["approvals"])} of ${word(d["needed"])}).`,
  "material.granted": (d, _, c) =>
    `The material was granted to ${member(d["member"], c)}, encrypted under a key for this grant alone.`,
  "material.refused": (d, who, c) =>
    `The material was refused${d["member"] ? ` by ${member(d["member"], c)}` : ` by ${who}`}: ${word(d["reason"])}`,
  "material.expired": (d) =>
    typeof d["reason"] === "string"
      ? `The material did not arrive: ${d["reason"]}`
      : "The grant ended before the material was fetched.",
  "material.withdrawn": (d, who, c) =>
    `The grant was withdrawn by ${d["member"] ? member(d["member"], c) : who}: ${word(d["reason"])}`,
  "material.cancelled": (d, who, c) =>
    `The material is needed no longer, says ${d["member"] ? member(d["member"], c) : who}.`,
  "material.verified": (d) => `The material arrived and its SHA-256 verified (${word(d["bytes"])} bytes).`,
  "export.requested": (d, who) =>
    `An export for ${word(d["receiver"])} was asked for by ${who}: ${word(d["reason"])}`,
  "export.approved": (d, who) =>
    `The export was approved by ${who} (${word(d["approvals"])} of ${word(d["needed"])}).`,
  "export.refused": (d, who) => `The export was refused by ${who}: ${word(d["reason"])}`,
  "export.made": (d, who) =>
    `An export for ${word(d["receiver"])} was made by ${who}, encrypted to their key: ${count(d["files"], "file")}, SHA-256 of their list ${word(d["contents"])}.`,
  "export.sent": (d, who) =>
    `The export was taken whole by ${who}: ${word(d["bytes"])} bytes, SHA-256 ${word(d["sha256"])}.`,
  "conversation.sent": (d, who, c) => `A message to ${members(d["to"], c)} was written by ${who}.`,
  "conversation.received": (d, _, c) => `A message of ${member(d["member"], c)} arrived.`,
  "report.update": (d, _, c) =>
    `${member(d["member"], c)}: ${plain(d["event"])}${d["theirs"] ? ` (their reference ${word(d["theirs"])})` : ""}.`,
  "statement.sent": (d, _, c) =>
    `${capital(statement(d["type"]))} was signed and queued for ${members(d["to"], c)}.`,
  "statement.receipted": (d, who) => `${who} receipted ${statement(d["type"])}: ${word(d["result"])}.`,
  "statement.received": (d, who) =>
    `${capital(statement(d["type"]))} was received from ${who}, signature verified: ${word(d["result"])}.`,
  "statement.rejected": (d, who) =>
    `${capital(statement(d["type"]))} was rejected (${word(d["code"])}); the other side is ${who}.`,
};

/** The sentence of one entry; a kind without one of its own is named as it is. */
export function sentenceOf(
  entry: { kind: string; actor: string; detail: Detail },
  context: SentenceContext,
): string {
  const sentence = sentences[entry.kind];
  return sentence
    ? sentence(entry.detail, actorName(entry.actor, context), context)
    : `${entry.kind} (${actorName(entry.actor, context)}).`;
}

/** Who did it, as the custody page shows it. */
export function actorName(actor: string, context: SentenceContext): string {
  if (actor === "node") return "this node";
  if (actor === "public") return "a member of the public";
  if (actor.startsWith("person:"))
    return `a person of this organisation (${actor.slice("person:".length, "person:".length + 8)})`;
  return context.nameOf(actor);
}
