/** How the memory of this process and of one child grows over many pictures. */
import { readFileSync } from "node:fs";
import { createDecoder } from "../../../node/decode/index.ts";
import { decodeSettings } from "../../../node/configuration/settings/decode.ts";
import { systemClock } from "../../../node/telemetry/index.ts";
import { descendantsOf } from "../../support/processes.ts";
import { picture } from "../../support/pictures.ts";

/** Bytes of memory that the process holds. */
function residentBytes(pid: number): number {
  const [, kilobytes = "0"] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) * 1024;
}

/**
 * Hashes pictures of one size, a third of them first so that pools and compiled code have their final size, and returns
 * by how many bytes this process and its largest descendant grew over the other two thirds.
 */
export async function growthOver({
  width,
  height,
  times,
}: {
  width: number;
  height: number;
  times: number;
}): Promise<{ here: number; inside: number }> {
  const pictures = await Promise.all([1, 2, 3].map((seed) => picture(seed, { width, height })));
  // One child for all of them: a replaced one would hide what it loses.
  const decoder = createDecoder(decodeSettings.parse({ children: 1, itemsPerChild: times + 1 }), systemClock);
  const hash = async (count: number) => {
    for (let at = 0; at < count; at++) await decoder.hash(pictures[at % pictures.length] ?? new Uint8Array());
    const [here, ...inside] = [process.pid, ...descendantsOf(process.pid)].map(residentBytes);
    return { here: here ?? 0, inside: Math.max(...inside) };
  };
  try {
    const before = await hash(Math.ceil(times / 3));
    const after = await hash(Math.floor((times * 2) / 3));
    return { here: after.here - before.here, inside: after.inside - before.inside };
  } finally {
    await decoder.close();
  }
}
