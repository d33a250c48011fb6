/** What the receiver reads first. */
import type { ExportRequest } from "./records.ts";

export function readme(
  request: ExportRequest,
  sender: { name: string; country: string },
  at: number,
): string {
  return `Export of report ${request.reference}

Sender     ${sender.name} (${sender.country})
Receiver   ${request.receiver}
Reason     ${request.reason}
Made       ${new Date(at).toISOString()}

WHAT IS HERE

  report.json            the report: address, hosting, times, what was done
  items.json             each file that was found: digests, every verdict given on it with its author
                         organisation and time, and the verdict that counts
  acquisition.json       how each file was obtained: tool, addresses of all redirects, IP address, TLS
                         certificates, time, SHA-256 and SHA-512 of what came, before any decoding
  export.json            who asked for this export, for whom and why
  warc/                  everything that was sent and received, as web archives (WARC 1.1, ISO 28500)${request.archives ? "" : ": not part of this export"}
  originals/             original files, named by their SHA-256${request.originals.length > 0 ? "" : ": not part of this export"}
  custody/entries.jsonl  every entry of the sender's log about this report, each with its proof
  custody/checkpoint.txt the signed state of that log
  custody/log-key.txt    the key that signs it
  manifest.sha256        the SHA-256 of each file
  verify.mjs             checks all of this

HOW TO CHECK IT

  sha256sum -c manifest.sha256      each file is what it was when it was packed
  node verify.mjs                   also: the log's entries, proofs and signature, and that the log itself
                                    states these files. Needs Node.js 20 or newer and no network.
  node verify.mjs --log             prints the log

Have the key in custody/log-key.txt confirmed by the sender, or by the federation's list of members, by another
way than this package, and pass it as --key.

WHAT IT PROVES, AND WHAT NOT

  It shows that the sender's log says this, in this order, and was not changed since the checkpoint; that the
  archives are those whose digests the log took down when they were captured; and that these files are those
  that two people of the sender released.
  It does not show that a web site told the truth, who runs it, or who looked at it; that the sender's clock
  was right; or that nothing else was ever found. A certificate shows who could answer for a name, not who
  made the content. Persons stand under pseudonyms, which the sender can resolve on lawful request.
`;
}
