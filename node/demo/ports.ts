/** Free ports on loopback. */
import { createServer, type AddressInfo } from "node:net";

/**
 * Ports are given out from below those that systems use for outgoing connections, so that a node which is restarted
 * finds its own still free; and each process begins elsewhere, so that federations that start together do not meet.
 */
const lowest = 10_000;
const highest = 32_000;
const forEachProcess = 100;
let next = lowest + ((process.pid * forEachProcess) % (highest - lowest));

/** The port wished for when nothing listens there, else any free one; none is given twice by this process. */
export async function freePort(wished?: number): Promise<number> {
  if (wished !== undefined && (await isFree(wished))) return wished;
  for (;;) {
    const port = next;
    next = next + 1 < highest ? next + 1 : lowest;
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    return await new Promise<boolean>((resolve) => {
      server.once("error", () => resolve(false));
      server.listen(port, "127.0.0.1", () => resolve((server.address() as AddressInfo).port === port));
    });
  } finally {
    server.close();
  }
}
