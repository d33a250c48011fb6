/** Proxies on loopback that connect to where a test says a name is, and remember what they were asked for. */
import { createServer as createHttpServer } from "node:http";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { onTestFinished } from "vitest";

export interface TestProxy {
  /** As it stands in a rule. */
  host: string;
  /** Each `host:port` that it was asked for. */
  asked: string[];
}

/** Where names are, as `host:port`; others cannot be reached. */
export type Places = Record<string, string>;

export async function httpProxy(places: Places): Promise<TestProxy> {
  const asked: string[] = [];
  const server = createHttpServer();
  server.on("connect", ({ url = "" }, client: Socket) => {
    asked.push(url);
    const target = places[url];
    if (target === undefined) return client.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
    join(client, target, () => client.write("HTTP/1.1 200 Connected\r\n\r\n"));
  });
  return { host: await listening(server), asked };
}

/** SOCKS 5 without authentication, names only: what Tor offers. */
export async function socksProxy(places: Places): Promise<TestProxy> {
  const asked: string[] = [];
  const server = createServer((client) => {
    client.on("error", () => undefined);
    client.once("data", () => {
      client.write(Buffer.from([5, 0]));
      client.once("data", (request: Buffer) => {
        const length = request[4] ?? 0;
        const name = request.subarray(5, 5 + length).toString();
        const wanted = `${request[3] === 3 ? name : "address"}:${request.readUInt16BE(5 + length)}`;
        asked.push(wanted);
        const target = places[wanted];
        const answer = (code: number) => client.write(Buffer.from([5, code, 0, 1, 0, 0, 0, 0, 0, 0]));
        if (target === undefined) return void (answer(4), client.end());
        join(client, target, () => answer(0));
      });
    });
  });
  return { host: await listening(server), asked };
}

function join(client: Socket, target: string, ready: () => void): void {
  const [host = "", port = ""] = target.split(":");
  const server = connect(Number(port), host, () => {
    ready();
    client.pipe(server).pipe(client);
  });
  for (const [one, other] of [
    [client, server],
    [server, client],
  ] as const)
    one.on("error", () => other.destroy()).on("close", () => other.destroy());
}

async function listening(server: Server): Promise<string> {
  const open = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    for (const socket of open) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}
