/** Free ports on loopback. */
import { createServer, type AddressInfo } from "node:net";

/** The port wished for when nothing listens there, else any free one. */
export async function freePort(wished = 0): Promise<number> {
  const server = createServer();
  try {
    return await new Promise<number>((resolve, reject) => {
      server.once("error", reject);
      server.listen(wished, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
    });
  } catch (error) {
    if (wished !== 0) return await freePort();
    throw error;
  } finally {
    server.close();
  }
}
