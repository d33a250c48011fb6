/** The pages of a capture as a tree, each with what was found on it. */
import type { Item, ReportDetail } from "./types.ts";

type Page = ReportDetail["pages"][number];

export interface SitePage {
  readonly page: Page;
  /** Its place in the order in which pages were read: its number in addresses. */
  readonly number: number;
  readonly pages: SitePage[];
  readonly items: Item[];
}

/**
 * Every page is in it once, under the page that led to it; pages whose origin is not among them stand at the top. Items of
 * pages that were not read, as when a member told of them, are in `others`.
 */
export function siteTree(
  pages: readonly Page[],
  items: readonly Item[],
): { roots: SitePage[]; others: Item[] } {
  const nodes = pages.map((page, number): SitePage => ({ page, number, pages: [], items: [] }));
  const byUrl = new Map<string, SitePage>();
  for (const node of nodes) if (!byUrl.has(node.page.url)) byUrl.set(node.page.url, node);
  const roots: SitePage[] = [];
  for (const node of nodes) {
    const from = byUrl.get(node.page.foundOn ?? "");
    // Read later than what it leads to, it cannot be above it: so there are no circles.
    if (from && from.number < node.number) from.pages.push(node);
    else roots.push(node);
  }
  const others: Item[] = [];
  for (const item of items) (byUrl.get(item.foundOn)?.items ?? others).push(item);
  return { roots, others };
}
