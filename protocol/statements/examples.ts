/** One payload of each type as it stands in the JSON. Addresses are of example domains, hashes of nothing. */
const id = (digit: string) => digit.repeat(32);
const digest = (digit: string) => digit.repeat(64);
const at = 1_780_272_000_000; // 2026-06-01T00:00:00Z

const report = { id: id("1"), reference: "A-2026-000017" };
const vocabulary = { id: "wardline-core", version: "1" };
const facts = { age: "not-categorised", gender: "not-determined", flags: [] };
const hosting = {
  host: "pictures.example",
  address: "192.0.2.10",
  country: "BB",
  asn: 64500,
  provider: "Example Hosting",
  source: "database",
  tracedAt: at,
};
const assessment = {
  id: id("2"),
  author: id("a"),
  pseudonym: "analyst-7f3c",
  verdict: "national",
  facts,
  vocabulary,
  basis: "seen",
  at,
};
const item = {
  id: id("3"),
  url: "https://pictures.example/a.jpg",
  foundOn: "https://pictures.example/",
  kind: "image",
  mime: "image/jpeg",
  bytes: 20480,
  width: 640,
  height: 480,
  digests: { sha256: digest("4"), pdq: digest("5"), quality: 100 },
  assessments: [assessment],
  agreed: { verdict: "national", rule: "single-author" },
  held: true,
};
const url = "https://pictures.example/";
const items = [item];

export const reportForward = {
  report,
  url,
  siteType: "image-host",
  receivedAt: at,
  capturedAt: at + 60_000,
  hosting,
  items,
};
export const reportUpdate = { report, event: "accepted", items: [item.id], at };
export const assessmentShare = {
  report,
  assessments: [{ item: item.id, sha256: digest("4"), assessment }],
};
export const assessmentDispute = {
  dispute: id("6"),
  assessment: assessment.id,
  sha256: digest("4"),
  verdict: "not-illegal",
  reason: "The picture is a drawing of a building.",
  state: "opened",
  at,
};
export const leaEscalation = { report, url, hosting, items, urgency: "routine" };
export const leaFeedback = { report, status: "under-investigation", reference: "LEA-88/26", at };
export const leaHold = {
  hold: id("7"),
  report,
  urls: [url],
  hosts: [],
  reason: "The operator is being identified.",
  from: at,
  expires: at + 14 * 86_400_000,
  contact: "Duty desk",
};
export const leaRelease = { hold: id("7"), outcome: "may-notify", at };
export const leaHoldStatus = {
  hold: id("7"),
  event: "gone",
  expires: at + 14 * 86_400_000,
  watched: 3,
  noticedBefore: 0,
  looks: 12,
  onlineFor: 183_600_000,
  gone: 1,
  moved: 0,
  urls: ["https://pictures.example/a.jpg"],
  at,
};
export const leaDeconflict = {
  case: "LEA-88/26",
  stance: "asks",
  salt: id("8"),
  tokens: [digest("9")],
  contact: "Duty desk",
  at,
};
export const checkRequest = {
  check: id("a"),
  question: "language",
  digests: [],
  text: "Which language is the sign in the background?",
};
export const checkAnswer = { check: id("a"), answer: "yes", text: "It is Portuguese.", at };
export const materialRequest = {
  request: id("b"),
  report,
  item: item.id,
  sha256: digest("4"),
  purpose: "Comparison with a known series.",
};
export const materialGrant = {
  request: id("b"),
  grant: id("c"),
  item: item.id,
  sha256: digest("4"),
  bytes: 20480,
  sealedBytes: 20568,
  key: digest("d"),
  mime: "image/jpeg",
  expires: at + 7 * 86_400_000,
};
export const materialRefuse = { request: id("b"), item: item.id, reason: "No legal basis in this country." };
export const materialCancel = { request: id("b"), item: item.id };
export const icseContribution = { report, url, hosting, items };
export const icseOutcome = { report, item: item.id, outcome: "material-verified", at };

const criteria = { realChild: true, underThirteen: true, severe: true, seenOnline: at };
const nominated = { nomination: id("e"), domain: "pictures.example" };
export const iwolNomination = { ...nominated, urls: [{ url, sha256: digest("4") }], criteria };
export const iwolVerification = { ...nominated, decision: "qualifies", criteria, country: "AA", at };
export const iwolReview = { ...nominated, finding: "clean", at };
export const iwolPublication = {
  edition: 12,
  validFrom: at,
  validUntil: at + 7 * 86_400_000,
  domains: [{ ...nominated, listed: at }],
  removed: [],
};
export const iwolAppeal = {
  appeal: id("f"),
  domain: "pictures.example",
  state: "received",
  grounds: "The domain has a new owner.",
  at,
};
export const noticeOutcome = { report, items: [item.id], outcome: "notified", noticeSentAt: at, at };
export const recallRequest = {
  recall: id("0"),
  subject: "assessment",
  statements: [],
  sha256: [digest("4")],
  reason: "mistake",
};
export const recallDone = { recall: id("0"), outcome: "done", at };
export const incidentBreach = {
  incident: id("1"),
  kind: "lost-credential",
  suspected: true,
  from: at,
  noticed: at + 3_600_000,
  members: [],
  contained: true,
  summary: "A sign-in token was mislaid and has been revoked.",
};
export const incidentInterruption = {
  incident: id("2"),
  state: "began",
  services: ["intake"],
  began: at,
  expectedEnd: at + 86_400_000,
  summary: "The report form is being moved.",
};
export const statisticsContribution = {
  from: at,
  until: at + 30 * 86_400_000,
  rows: [{ measure: "removed", clock: "received", country: "BB", count: 41, medianMs: 93_600_000 }],
};
export const conversationMessage = {
  conversation: id("3"),
  pseudonym: "analyst-7f3c",
  text: "Is the second page of this site yours as well?",
};
