/** Light, dark, or as the system says; the choice stays with this browser. */
export const themes = ["system", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

const storageKey = "wardline-theme";
const stored = localStorage.getItem(storageKey) as Theme | null;
let chosen = $state<Theme>(stored && themes.includes(stored) ? stored : "system");

export const theme = {
  get value() {
    return chosen;
  },
  set value(value: Theme) {
    chosen = value;
    localStorage.setItem(storageKey, value);
    show();
  },
};

function show(): void {
  const root = document.documentElement;
  if (chosen === "system") root.removeAttribute("data-theme");
  else root.dataset["theme"] = chosen;
}

/** Shows the stored choice; returns how to stop following it. */
export function startTheme(): () => void {
  show();
  return () => document.documentElement.removeAttribute("data-theme");
}
