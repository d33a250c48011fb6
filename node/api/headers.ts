/** What every answer tells the browser, so that a mistake elsewhere has nothing to work with. */
import { isApi } from "./guard.ts";

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types svelte-trusted-html",
].join("; ");

const everywhere: Readonly<Record<string, string>> = {
  "content-security-policy": policy,
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "permissions-policy": "camera=(), microphone=(), geolocation=(), display-capture=(), usb=(), payment=()",
};

/** Headers by address and scheme; answers of the API are never kept anywhere. */
export function securityHeaders(url: string, scheme: "http" | "https"): Record<string, string> {
  return {
    ...everywhere,
    ...(isApi(url) ? { "cache-control": "no-store" } : {}),
    ...(scheme === "https" ? { "strict-transport-security": "max-age=31536000" } : {}),
  };
}
