/** Where a report stands among those that wait, and why, in a sentence that a person can check. */
import type { Report } from "./records.ts";

/** Smaller comes first. Within one priority the oldest comes first. */
const priorities = { knownBaseline: 0, member: 1, analyst: 2, public: 3 } as const;

export function priorityOf(report: Pick<Report, "source">, hasKnownBaseline: boolean): number {
  return hasKnownBaseline ? priorities.knownBaseline : priorities[report.source];
}

const reasons: Record<number, string> = {
  [priorities.knownBaseline]: "First, because a known baseline item is among its items",
  [priorities.member]: "Early, because another member sent it",
  [priorities.analyst]: "Before public reports, because an analyst filed it",
  [priorities.public]: "In the order of arrival",
};

/** Why the report stands where it stands, in one sentence. */
export function placeOf(report: Report): string {
  const because = reasons[report.priority] ?? "In the order of arrival";
  switch (report.state) {
    case "capturing":
      return "Being captured.";
    case "capture-failed":
      return `The capture failed${report.capture.note ? `: ${report.capture.note}` : "."}`;
    case "to-classify":
      return `${because}; the oldest of these come first.`;
    case "classified":
    case "forwarded":
    case "to-notify":
    case "notified":
      return report.route?.sentence ?? "Assessed; routing is under way.";
    case "removed":
      return "Confirmed offline.";
    case "closed":
      return "Closed.";
  }
}
