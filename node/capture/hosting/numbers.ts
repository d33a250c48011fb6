/** Addresses as numbers, and networks as ranges of them. */
import { isIPv4, isIPv6 } from "node:net";
import { groupsOf } from "../addresses.ts";

export interface AddressNumber {
  family: 4 | 6;
  value: bigint;
}

export interface Network {
  family: 4 | 6;
  first: bigint;
  /** Bits that all its addresses share. */
  prefix: number;
}

/** The number of an address as text; undefined when it is none. */
export function numberOf(address: string): AddressNumber | undefined {
  if (isIPv4(address)) return { family: 4, value: joined(address.split(".").map(Number), 8n) };
  if (!isIPv6(address) || address.includes("%")) return undefined;
  return {
    family: 6,
    value: joined(
      groupsOf(address).map((group) => parseInt(group, 16)),
      16n,
    ),
  };
}

const joined = (parts: readonly number[], bits: bigint) =>
  parts.reduce((value, part) => (value << bits) | BigInt(part), 0n);

/** A network in CIDR form (RFC 4632, RFC 4291); undefined when it is none. */
export function networkOf(cidr: string): Network | undefined {
  const [, address = "", bits = ""] = /^([0-9a-f.:]+)\/(\d{1,3})$/i.exec(cidr) ?? [];
  const number = numberOf(address);
  const prefix = Number(bits);
  if (!number || prefix > width(number.family)) return undefined;
  return { family: number.family, first: head(number, prefix), prefix };
}

export const isWithin = (address: AddressNumber | undefined, network: Network | undefined): boolean =>
  address !== undefined &&
  network !== undefined &&
  address.family === network.family &&
  head(address, network.prefix) === network.first;

const width = (family: 4 | 6) => (family === 4 ? 32 : 128);

function head({ family, value }: AddressNumber, prefix: number): bigint {
  const rest = BigInt(width(family) - prefix);
  return (value >> rest) << rest;
}
