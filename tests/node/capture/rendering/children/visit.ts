/** Visits an address until it is killed. Arguments: the address, and its host and port. */
import { createRenderer } from "../../../../../node/capture/rendering/index.ts";
import { asking, renderingSettings } from "../settings.ts";

const [url = "", host = ""] = process.argv.slice(2);
await createRenderer({ settings: renderingSettings([host]), bubblewrap: "bwrap" }).render(url, asking());
