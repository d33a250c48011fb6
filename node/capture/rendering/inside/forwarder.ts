/**
 * The first program inside the browser's sandbox. Its network has a loopback device and nothing else; this listens there
 * and hands each connection to the socket that is bound into the sandbox, behind which the guarded proxy waits outside.
 * Then it starts the browser, which inherits the two pipes it is driven by. Imports nothing of this repository.
 *
 * Arguments: the port to listen on, the browser's program, and its arguments.
 */
import { spawn } from "node:child_process";
import { connect, createServer } from "node:net";

const proxySocket = "/run/proxy";
const [port, program = "", ...programArguments] = process.argv.slice(2);

const server = createServer((inside) => {
  const outside = connect(proxySocket);
  inside.pipe(outside).pipe(inside);
  inside.on("error", () => outside.destroy());
  outside.on("error", () => inside.destroy());
  inside.on("close", () => outside.destroy());
  outside.on("close", () => inside.destroy());
});

server.listen(Number(port), "127.0.0.1", () => {
  // 3 and 4 are the pipes of --remote-debugging-pipe, inherited from outside through this process.
  const browser = spawn(program, programArguments, {
    stdio: ["ignore", "ignore", "inherit", 3, 4],
  });
  browser.on("error", (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  });
  browser.on("exit", (code) => process.exit(code ?? 1));
});
