/** Ctrl-C: the first one asks for a clean stop, a second one ends the program as usual. */
import { WardlineError } from "@wardline/protocol/encoding";

export function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => controller.abort(interrupted()));
  return controller.signal;
}

const interrupted = () =>
  new WardlineError("cli/interrupted", "Stopped before the end.", {
    advice: "What was written is complete; --resume goes on from it where a command has it.",
  });
