/** What keeps a page from being rendered, each with its code and what a person can do. No message names a URL or a host. */
import { WardlineError } from "@wardline/protocol/encoding";

const refusals = {
  "rendering-off": [
    "Pages are not rendered here: capture.rendering.mode is `never`.",
    "Capture the address without scripts, or set capture.rendering.mode and start the node again.",
  ],
  "no-browser": [
    "Chromium is not installed, and pages that need scripts cannot be rendered without it.",
    "Install it once (apt install chromium), or name its program in capture.rendering.browser.",
  ],
  "browser-not-started": [
    "The browser for pages that need scripts did not start in its sandbox.",
    "Chromium needs user namespaces inside the sandbox's own: allow them (sysctl user.max_user_namespaces, and an AppArmor profile " +
      "for bwrap on Ubuntu from 24.04 on). Where that is impossible, capture.rendering.ownSandbox: false leaves bubblewrap as the only wall.",
  ],
  "rendering-crashed": [
    "The browser ended before the page could be read.",
    "The page may be built to attack browsers. Capture it without scripts.",
  ],
  "rendering-memory": [
    "The page took more memory than the browser may have.",
    "Capture it without scripts, or raise capture.rendering.limits.memory if such pages are expected.",
  ],
  "rendering-timeout": [
    "The page did not answer within the time that rendering may take.",
    "Try again later, or raise capture.rendering.limits.time.",
  ],
  "rendering-refused": [
    "The browser refused to do what rendering needs.",
    "Capture the page without scripts. Chromium may be too old or too new: see the log.",
  ],
  "rendering-closed": ["The node is stopping.", "Start the node again."],
} as const;

/** Errors `capture/rendering-…`, `capture/no-browser`, `capture/browser-not-started`. */
export function refuseRendering(
  what: keyof typeof refusals,
  options: { details?: Record<string, unknown>; cause?: unknown } = {},
): WardlineError {
  const [message, advice] = refusals[what];
  return new WardlineError(`capture/${what}`, message, { advice, ...options });
}
