/** Delivery status notifications (RFC 3464): whether a mail arrived, said by the servers on its way. */

export interface Bounce {
  /** The server has given up. Otherwise it still tries. */
  final: boolean;
  /** Enhanced status (RFC 3463), such as 5.1.1. */
  status: string;
}

/** Groups of fields: the first is about the message, each further one about a recipient. */
function groupsOf(report: string): Map<string, string>[] {
  const unfolded = report.replaceAll(/\r\n?/gu, "\n").replaceAll(/\n[ \t]+/gu, " ");
  return unfolded.split(/\n{2,}/u).map((group) => {
    const fields = group.split("\n").flatMap((line): [string, string][] => {
      const colon = line.indexOf(":");
      return colon > 0 ? [[line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()]] : [];
    });
    return new Map(fields);
  });
}

/**
 * What a `message/delivery-status` part says; a notice has one recipient. Undefined where it says that the mail arrived or
 * was passed on, or nothing that can be read.
 */
export function readDeliveryStatus(report: string): Bounce | undefined {
  for (const group of groupsOf(report)) {
    const action = group.get("action")?.toLowerCase();
    if (action !== "failed" && action !== "delayed") continue;
    const final = action === "failed";
    const [status] = /\b[245]\.\d{1,3}\.\d{1,3}\b/u.exec(group.get("status") ?? "") ?? [];
    return { final, status: status ?? (final ? "5.0.0" : "4.0.0") };
  }
  return undefined;
}
