/** A small router over the History API: patterns with `:name` parts, filters in the query, focus on the new page's title. */

export interface Place {
  readonly path: string;
  readonly query: URLSearchParams;
}

let current = $state.raw<Place>(here());
/** Whether a new page was opened whose title has not taken the focus yet. */
let arriving = false;

function here(): Place {
  return { path: location.pathname, query: new URLSearchParams(location.search) };
}

function show(): void {
  const next = here();
  if (next.path !== current.path) {
    arriving = true;
    scrollTo(0, 0);
  }
  current = next;
}

/** The address now shown; reading it in a component follows it. */
export function place(): Place {
  return current;
}

/** Goes to an address of this interface; `replace` keeps the history short (filters, redirects). */
export function go(address: string, options: { replace?: boolean } = {}): void {
  history[options.replace ? "replaceState" : "pushState"](null, "", address);
  show();
}

/** True once after each change of page: the title that asks takes the focus, so that a screen reader starts there. */
export function takeArrival(): boolean {
  const was = arriving;
  arriving = false;
  return was;
}

/** What comes next counts as a new page although the address stays: sign-in and sign-out. */
export function arrive(): void {
  arriving = true;
}

/** The named parts when `path` fits `pattern`, else undefined. */
export function match(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split("/");
  const given = path.split("/");
  if (wanted.length !== given.length) return undefined;
  const parts: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? "";
    if (part.startsWith(":")) parts[part.slice(1)] = value;
    else if (part !== value) return undefined;
  }
  return parts;
}

/** Follows the browser's back and forward, and turns plain clicks on local links into navigation. Returns how to stop. */
export function startRouter(): () => void {
  const onClick = (event: MouseEvent) => {
    const link = (event.target as Element).closest?.("a[href]");
    if (!(link instanceof HTMLAnchorElement) || link.origin !== location.origin) return;
    if (link.target !== "" || link.hasAttribute("download")) return;
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(link.pathname + link.search);
  };
  addEventListener("popstate", show);
  document.addEventListener("click", onClick);
  return () => {
    removeEventListener("popstate", show);
    document.removeEventListener("click", onClick);
  };
}
