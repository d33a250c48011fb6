/**
 * Who may do what: the one table. Routes name a permission, the API asks this table, the interface shows what it says,
 * and a test walks through every route with every role by it.
 */

/** What a person of this organisation is trusted with. A person can have several. */
export const roles = [
  "viewer", // looks at queues and states, never at pictures
  "triage", // takes reports in, keeps the queue in order
  "analyst", // classifies, completes reports, approves notices
  "senior", // an analyst whose decisions others lean on
  "officer", // police and INTERPOL: answers escalations, asks for material
  "custodian", // guards the material: releases it, two at a time
  "administrator", // people and membership; no cases
  "auditor", // reads the record of everything, changes nothing
] as const;
export type Role = (typeof roles)[number];

const casework: readonly Role[] = ["triage", "analyst", "senior"];
const classifying: readonly Role[] = ["analyst", "senior"];
/** Whoever decides about a case may ask other organisations about it. */
const deciding: readonly Role[] = [...casework, "officer", "custodian"];

export const permissions = {
  "report.read": ["viewer", ...casework, "custodian", "auditor"],
  "report.file": casework,
  /** Take a lease, give it back, fetch again. */
  "report.work": casework,
  "report.close": casework,
  "report.complete": classifying,
  "item.classify": classifying,
  /** Blurred and grey; the clear picture is `item.reveal`. */
  "item.preview": classifying,
  "item.reveal": classifying,
  "notice.approve": classifying,
  /** What was told to providers, and what they answered. */
  "notice.read": [...casework, "auditor"],
  /** Figures without URLs, people or matters. */
  "statistics.read": ["viewer", ...casework, "auditor"],
  "hold.read": [...casework, "officer", "auditor"],
  /** What police ask by letter: entered and ended by people of the hotline. */
  "hold.enter": classifying,
  /** Police ask a hotline not to tell a provider yet. */
  "hold.place": ["officer"],
  "escalation.read": ["officer", "auditor"],
  "escalation.answer": ["officer"],
  "contribution.read": ["officer", "auditor"],
  "contribution.request": ["officer"],
  "contribution.outcome": ["officer"],
  "material.read": ["custodian", "senior", "auditor"],
  "material.approve": ["custodian"],
  "material.refuse": ["custodian"],
  /** Packages for a court: who asked, who agreed, what left. */
  "export.read": ["custodian", "senior", "auditor"],
  "export.request": ["custodian", "senior"],
  "export.approve": ["custodian"],
  "export.refuse": ["custodian"],
  /** Take the package, once two people agreed. */
  "export.fetch": ["custodian"],
  /** What organisations write to each other is about cases: more than the states that a viewer sees. */
  "conversation.read": [...deciding, "auditor"],
  "conversation.write": deciding,
  "custody.read": [...casework, "officer", "custodian", "auditor"],
  /** Who advertised a hash, with which verdict. */
  "advert.read": [...casework, "officer", "custodian", "auditor"],
  /** Take back, at every member, what this organisation advertised. */
  "advert.withdraw": classifying,
  /** Say that this organisation looked and sees it differently. */
  "advert.dispute": classifying,
  /** Ask other members who holds a file now, which tells them that somebody asks. */
  "advert.ask-holders": [...classifying, "officer"],
  "federation.read": [...roles],
  "federation.manage": ["administrator"],
  /** Who belongs, what ends when, what was found, which drafts wait for signatures. */
  "membership.read": ["administrator", "auditor"],
  "people.read": ["administrator", "auditor"],
  "people.manage": ["administrator"],
} as const satisfies Record<string, readonly Role[]>;

export type Permission = keyof typeof permissions;

/** Whether one of these roles carries the permission. */
export function allows(held: readonly Role[], permission: Permission): boolean {
  const allowed: readonly Role[] = permissions[permission];
  return held.some((role) => allowed.includes(role));
}

/** Everything these roles may do, in the order of the table. */
export function permissionsOf(held: readonly Role[]): Permission[] {
  return (Object.keys(permissions) as Permission[]).filter((permission) => allows(held, permission));
}

/**
 * Which permissions let a person hear of a change; one of them is enough. A topic that is not listed reaches nobody, so
 * that a new kind of announcement is closed until somebody decides who may hear it.
 */
const topics: Readonly<Record<string, readonly Permission[]>> = {
  report: ["report.read"],
  capture: ["report.read"],
  notice: ["report.read"],
  escalation: ["escalation.read"],
  hold: ["hold.read"],
  contribution: ["contribution.read"],
  "material-request": ["material.read"],
  export: ["export.read"],
  conversation: ["conversation.read"],
  deliveries: ["report.read", "escalation.read", "contribution.read", "conversation.read"],
  adverts: ["federation.read"],
  federation: ["federation.read"],
  membership: ["membership.read"],
  people: ["people.read"],
};

/** Whether a person with these roles may hear announcements of `topic`. */
export function hears(held: readonly Role[], topic: string): boolean {
  const needed = Object.hasOwn(topics, topic) ? topics[topic] : undefined;
  return needed?.some((permission) => allows(held, permission)) ?? false;
}
