/**
 * Loopback has 16 million addresses, so each node gets some of its own: one where it listens, one where the network
 * between listens for it, and one from which it calls, so that the network knows who does.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { Socket, type SocketConnectOpts } from "node:net";
import { systemClock, type Clock } from "../../node/telemetry/index.ts";

/** Nodes are numbered from 0. */
export const homeOf = (node: number) => `127.0.1.${node + 1}`;
/** Where the others find it. */
export const shownAddressOf = (node: number) => `127.0.2.${node + 1}`;
/** From which the network calls on behalf of it. */
export const relayedAddressOf = (node: number) => `127.0.3.${node + 1}`;

/** Which node calls from this address, if any. */
export function nodeAt(address: string | undefined): number | undefined {
  const last = /^(?:::ffff:)?127\.0\.1\.(\d+)$/.exec(address ?? "")?.[1];
  return last === undefined ? undefined : Number(last) - 1;
}

const caller = new AsyncLocalStorage<number>();
let patched = false;

/** Runs `work` so that whatever it does, also later, calls other nodes from this node's address. */
export function callingAs<T>(node: number, work: () => T): T {
  patch();
  return caller.run(node, work);
}

/**
 * For a node in this process: what it does later, it does as itself. Who makes it plan something is often another one, whose
 * block was pushed or whose connection broke.
 */
export const clockOf = (node: number): Clock => ({
  now: () => systemClock.now(),
  after: (milliseconds, act) => systemClock.after(milliseconds, () => callingAs(node, act)),
});

/** libp2p offers no setting for the local address of an outgoing connection; every such call passes here. */
function patch(): void {
  if (patched) return;
  patched = true;
  const connect = Socket.prototype.connect as (this: Socket, ...args: unknown[]) => Socket;
  Socket.prototype.connect = function (this: Socket, ...args: unknown[]): Socket {
    const node = caller.getStore();
    // `net.connect` hands over its arguments as one list, whose first entry holds the options.
    const options = (Array.isArray(args[0]) ? args[0][0] : args[0]) as
      (SocketConnectOpts & { host?: string; localAddress?: string }) | undefined;
    if (node !== undefined && options?.host?.startsWith("127.0.2.") === true) {
      options.localAddress = homeOf(node);
    }
    return connect.apply(this, args);
  } as typeof Socket.prototype.connect;
}
