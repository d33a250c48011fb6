/**
 * What of a request is not written down: logins and sessions, of the person who reported the address or of this
 * organisation, since archives are handed out. Fields that carry none are kept; of all others the name is, and not the value.
 */

const kept =
  /^(?:host|connection|user-agent|accept(?:-[a-z]+)?|referer|origin|range|content-(?:type|length)|cache-control|pragma|priority|dnt|te|upgrade-insecure-requests|sec-(?:ch-ua|fetch|gpc)[a-z-]*)$/i;

/** The lines of a request's head, the first one as it is. */
export function withholding(head: string): string {
  return head.replace(/^([^\s:]+):[^\r\n]*/gm, (line, name: string) =>
    kept.test(name) ? line : `${name}: withheld`,
  );
}
