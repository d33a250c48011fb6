/** A provider's own number in the subject of its answer: repeated in what we write next, so that its program files it right. */

/** `[Ticket#2026112210000123]`, `[#12345]`, `(Case: ABC-123456)`: in brackets, with four digits or more. */
const inBrackets =
  /[[(](?:[^[\]()\d]{0,30})([\p{L}\p{N}_.:/-]*\d{4,}[\p{L}\p{N}_.:/-]*)[^[\]()]{0,10}[\])]/gu;
/** `Ticket ID: 123456`, `Case 00123456`, `##RE-12345##`. */
const named =
  /(?:\b(?:ticket|case|incident|request|report|vorgang|fall|dossier|caso|zaak|sprawa)\b[\s:#.-]*(?:id|nr|no|number)?[\s:#.-]*([\p{L}\p{N}_-]*\d{4,}[\p{L}\p{N}_-]*))|(##[\p{L}\p{N}_.:-]*\d{4,}[\p{L}\p{N}_.:-]*##)/iu;
/** References of our own, quoted back: `XB-2026-000001`, alone or in a list. */
const ours = /[A-Z]{2}-\d{4}-\d{6}/u;

export function ticketIn(subject: string): string | undefined {
  for (const [whole] of subject.matchAll(inBrackets)) if (!ours.test(whole)) return short(whole);
  const rest = subject.replaceAll(new RegExp(ours, "gu"), "");
  const [, number, marked] = named.exec(rest) ?? [];
  if (marked !== undefined) return short(marked);
  return number === undefined ? undefined : short(`[${number}]`);
}

/** Longer ones are no numbers. */
const short = (ticket: string) => (ticket.length <= 80 ? ticket : undefined);
