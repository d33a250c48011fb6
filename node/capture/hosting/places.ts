/** Country and network of an address, by data that ships with the node: nobody learns what was looked up. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { Reader, type Response } from "mmdb-lib";
import { isPublicAddress } from "../addresses.ts";
import { numberOf } from "./numbers.ts";
import { failed, found, none, type Part } from "./outcome.ts";
import type { Place } from "./record.ts";
import { findRow } from "./rows.ts";

/** Never throws: data that cannot be read is a look-up that failed. */
export async function placeOf(address: string): Promise<Place> {
  if (!isPublicAddress(address)) return { address, country: none, network: none };
  return { address, country: await countryOf(address), network: await autonomousSystemOf(address) };
}

const { resolve } = createRequire(import.meta.url);

/** What this database says of an address; the type of the reader knows other databases. */
type CountryOnly = Response & { country_code?: string };

let countries: Promise<Reader<CountryOnly>> | undefined;

async function countryOf(address: string): Promise<Part<string>> {
  try {
    countries ??= openCountries();
    const code = (await countries).get(address)?.country_code;
    return code === undefined ? none : found(code);
  } catch {
    countries = undefined;
    return failed("no-country-data");
  }
}

async function openCountries(): Promise<Reader<CountryOnly>> {
  const file = resolve("@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb");
  return new Reader<CountryOnly>(await readFile(file));
}

async function autonomousSystemOf(address: string): Promise<Place["network"]> {
  const number = numberOf(address);
  if (number === undefined) return none;
  try {
    const file = resolve(`@ip-location-db/asn/asn-ipv${number.family}-num.csv`);
    const [asn, name = ""] = (await findRow(file, number.value)) ?? [];
    return asn === undefined ? none : found({ asn: Number(asn), name });
  } catch {
    return failed("no-network-data");
  }
}
