/** A small router over the History API: patterns with `:name` parts, filters in the query, focus left to the page. */

export interface Place {
  readonly path: string;
  readonly query: URLSearchParams;
}

let current = $state.raw<Place>(here());

function here(): Place {
  return { path: location.pathname, query: new URLSearchParams(location.search) };
}

/** The address now shown; reading it in a component follows it. */
export function place(): Place {
  return current;
}

/** Goes to an address of this interface; `replace` keeps the history short (filters, redirects). */
export function go(address: string, options: { replace?: boolean } = {}): void {
  history[options.replace ? "replaceState" : "pushState"](null, "", address);
  current = here();
}

/** The named parts when `path` fits `pattern`, else undefined. */
export function match(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split("/");
  const given = path.split("/");
  if (wanted.length !== given.length) return undefined;
  const parts: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? "";
    if (part.startsWith(":")) parts[part.slice(1)] = decodeURIComponent(value);
    else if (part !== value) return undefined;
  }
  return parts;
}

/** Follows the browser's back and forward, and turns plain clicks on local links into navigation. Returns how to stop. */
export function startRouter(): () => void {
  const onPop = () => (current = here());
  const onClick = (event: MouseEvent) => {
    const link = (event.target as Element).closest?.("a[href]");
    if (!(link instanceof HTMLAnchorElement) || link.origin !== location.origin) return;
    if (link.target !== "" || link.hasAttribute("download")) return;
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(link.pathname + link.search);
  };
  addEventListener("popstate", onPop);
  document.addEventListener("click", onClick);
  return () => {
    removeEventListener("popstate", onPop);
    document.removeEventListener("click", onClick);
  };
}
