/** Second step: from plain data to a configuration that is whole, typed and possible. */
import { dirname, resolve } from "node:path";
import { combinationProblems } from "./combinations.ts";
import { refuse, schemaProblems } from "./problems.ts";
import { readYaml, withProfile } from "./read.ts";
import { settingsSchema, type Configuration, type Settings } from "./schema.ts";
import { secretProblems } from "./secrets.ts";

/**
 * Reads and checks the settings: a YAML file (relative paths in it are relative to its folder) or an object (relative to
 * the working folder).
 * @throws `configuration/not-found`, `/not-yaml`, `/unknown-setting`, `/wrong-value`, `/impossible-combination`,
 * `/secret-in-file`; the message lists every problem with its path and advice, `details.problems` as data
 */
export function loadConfiguration(source: string | Readonly<Record<string, unknown>>): Configuration {
  const isFile = typeof source === "string";
  const read = isFile ? readYaml(source) : source;
  refuse(secretProblems(read));
  const result = settingsSchema.safeParse(withProfile(read));
  refuse(result.success ? [] : schemaProblems(result.error));
  const configuration = derive(result.data as Settings, isFile ? dirname(resolve(source)) : process.cwd());
  refuse(combinationProblems(configuration));
  return configuration;
}

function derive(settings: Settings, folder: string): Configuration {
  const absolute = <T extends string | undefined>(path: T) =>
    (path === undefined ? undefined : resolve(folder, path)) as T;
  const { listen, federation, hosting, jurisdiction, takedown } = settings;
  const { http } = listen;
  const tls = http.tls && { certificate: absolute(http.tls.certificate), key: absolute(http.tls.key) };
  return {
    ...settings,
    dataFolder: absolute(settings.dataFolder),
    keyFile: absolute(settings.keyFile),
    listen: { ...listen, http: { ...http, tls, interfaceFolder: absolute(http.interfaceFolder) } },
    federation: { ...federation, authorities: absolute(federation.authorities) },
    hosting: {
      ...hosting,
      cdns: absolute(hosting.cdns),
      rdap: { ...hosting.rdap, bootstrap: absolute(hosting.rdap.bootstrap) },
    },
    jurisdiction: { ...jurisdiction, dataFolder: absolute(jurisdiction.dataFolder) },
    takedown: {
      ...takedown,
      texts: absolute(takedown.texts),
      smtp: { ...takedown.smtp, passwordFile: absolute(takedown.smtp.passwordFile) },
      contacts: takedown.contacts.map((contact) => withPaths(contact, absolute)),
      replies: {
        ...takedown.replies,
        tls: takedown.replies.tls && {
          certificate: absolute(takedown.replies.tls.certificate),
          key: absolute(takedown.replies.tls.key),
        },
      },
    },
    scheme: http.tls || http.behindTlsProxy ? "https" : "http",
  };
}

type ProviderContact = Settings["takedown"]["contacts"][number];

function withPaths(contact: ProviderContact, absolute: (path: string) => string): ProviderContact {
  const { api } = contact;
  if (!api?.secret) return contact;
  return { ...contact, api: { ...api, secret: { ...api.secret, file: absolute(api.secret.file) } } };
}
