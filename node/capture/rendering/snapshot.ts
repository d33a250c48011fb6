/**
 * What a page looks like when its scripts have run: the HTML of its frames, and a picture of it. Read from a world of our
 * own in each frame, where nothing that the page changed in the language or the document's methods is seen.
 */
import { z } from "zod";
import type { DevTools, Session } from "./devtools.ts";

export interface Frame {
  id: string;
  url: string;
}

/** More than any honest page shows; the rest is in what was loaded. */
const mostFrames = 50;

interface FrameTree {
  frame: Frame;
  childFrames?: FrameTree[] | undefined;
}
const frameTree: z.ZodType<FrameTree> = z.object({
  frame: z.object({ id: z.string(), url: z.string() }),
  get childFrames() {
    return z.array(frameTree).optional();
  },
});

/** The page's frames, the page itself first. */
export async function framesOf(devtools: DevTools, session: Session): Promise<Frame[]> {
  const answer = await devtools.ask(z.object({ frameTree }), "Page.getFrameTree", {}, session);
  const all = (tree: FrameTree): Frame[] => [tree.frame, ...(tree.childFrames ?? []).flatMap(all)];
  return all(answer.frameTree).slice(0, mostFrames);
}

/** Runs an expression in a frame, out of the page's reach. */
export async function evaluate<T>(
  devtools: DevTools,
  session: Session,
  frame: string,
  shape: z.ZodType<T>,
  expression: string,
): Promise<T> {
  const world = z.object({ executionContextId: z.number() });
  const { executionContextId: contextId } = await devtools.ask(
    world,
    "Page.createIsolatedWorld",
    { frameId: frame, worldName: "reading" },
    session,
  );
  const asked = { expression, contextId, returnByValue: true };
  const answer = z.object({ result: z.object({ value: shape }) });
  return (await devtools.ask(answer, "Runtime.evaluate", asked, session)).result.value;
}

/**
 * The HTML of a frame with its open shadow trees, cut at `most` characters. Methods are taken from their prototypes: a
 * form or picture named like one of them would stand in its place.
 */
export function htmlOf(devtools: DevTools, session: Session, frame: string, most: number): Promise<string> {
  return evaluate(
    devtools,
    session,
    frame,
    z.string(),
    `(() => {
      const get = (type, name, on) => Object.getOwnPropertyDescriptor(type.prototype, name).get.call(on);
      const shadowRoots = [];
      const search = (elements) => {
        for (const element of elements) {
          const root = get(Element, "shadowRoot", element);
          if (root === null) continue;
          shadowRoots.push(root);
          search(DocumentFragment.prototype.querySelectorAll.call(root, "*"));
        }
      };
      search(Document.prototype.querySelectorAll.call(document, "*"));
      const root = get(Document, "documentElement", document);
      return root === null ? "" : Element.prototype.getHTML.call(root, { shadowRoots }).slice(0, ${most});
    })()`,
  );
}

/** Scrolls down one screen; whether there was anything left to scroll. */
export function scrollDown(devtools: DevTools, session: Session, frame: string): Promise<boolean> {
  return evaluate(
    devtools,
    session,
    frame,
    z.boolean(),
    `(() => { const before = scrollY; scrollBy({ top: innerHeight * 0.9, behavior: "instant" }); return scrollY > before; })()`,
  );
}

const metrics = z.object({ cssContentSize: z.object({ width: z.number(), height: z.number() }) });
const widest = 2560;

/** The whole page as a JPEG, from its top down to `mostHeight` lines; whether it was cut there. */
export async function screenshotOf(
  devtools: DevTools,
  session: Session,
  mostHeight: number,
): Promise<{ picture: Uint8Array; cut: boolean }> {
  const { cssContentSize } = await devtools.ask(metrics, "Page.getLayoutMetrics", {}, session);
  const within = (size: number, most: number) => Math.max(1, Math.min(Math.ceil(size), most));
  const [width, height] = [within(cssContentSize.width, widest), within(cssContentSize.height, mostHeight)];
  const { data } = await devtools.ask(
    z.object({ data: z.string() }),
    "Page.captureScreenshot",
    {
      ...{ format: "jpeg", quality: 85, captureBeyondViewport: true },
      clip: { x: 0, y: 0, width, height, scale: 1 },
    },
    session,
  );
  return { picture: Buffer.from(data, "base64"), cut: cssContentSize.height > mostHeight };
}
