/** A network of our own between nodes on one machine: slow, narrow, silent, cut, and healed again; counted. */
export { callingAs, clockOf, homeOf, shownAddressOf } from "./addresses.ts";
export { perfect, type Conditions } from "./conditions.ts";
export { createNetwork, type Network } from "./network.ts";
