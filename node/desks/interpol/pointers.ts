/** What messages can point at here: files that hotlines offered, and material that was asked for. */
import type { PointerSource } from "../../casework/index.ts";
import { contributions, fileKey, files, requests } from "./records.ts";

export const contributedHere: PointerSource = {
  async offered(reader, report) {
    const found: Awaited<ReturnType<PointerSource["offered"]>> = [];
    for await (const { value } of reader.list(contributions, { index: "report", prefix: [report] })) {
      const { sha256 } = value;
      found.push({ kind: "item", sha256 });
      const file = await reader.get(files, ...fileKey(sha256));
      if (file?.request !== undefined) found.push({ kind: "material", request: file.request, sha256 });
    }
    return found;
  },
  async place(reader, reference) {
    const { kind } = reference;
    if (kind !== "item" && kind !== "material") return undefined;
    if (kind === "material" && !(await reader.get(requests, reference.request))) return undefined;
    const file = await reader.get(files, ...fileKey(reference.sha256));
    return file && { where: "contribution", id: file.sha256 };
  },
};
