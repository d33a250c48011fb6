/**
 * Where a URL is hosted, who provides it, and whom to tell. Every part of a trace is found, or there is none, or its
 * look-up failed; the last says nothing about a site, and is made again.
 *
 * trace.ts -> names.ts      addresses and aliases (the machine's resolver)
 *          -> places.ts     country and network of an address (data that ships; nobody is asked)
 *          -> cdns.ts       content-delivery networks, behind which the site itself is hidden
 *          -> rdap/         what registries say of network and domain (through the guarded fetch, kept, slowly)
 *          -> hosting.ts    what it comes to, with what the organisation knows better (overrides.ts)
 */
export { readCdns } from "./cdns.ts";
export { hostingMoved, type ComparedHosting } from "./compare.ts";
export type { Hosting } from "./hosting.ts";
export { hostingTraceSchema, type HostingTrace } from "./record.ts";
export { createRegistry, type Registry } from "./rdap/registry.ts";
export { traceHosting, type TraceOptions } from "./trace.ts";
