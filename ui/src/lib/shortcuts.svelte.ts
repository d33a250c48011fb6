/**
 * One registry of keyboard shortcuts: it binds the keys, fills the help dialog and labels the buttons.
 * Single keys can be switched off (WCAG 2.1.4). Keys are named by `code`, so that other keyboard layouts work.
 */
import type { MessageKey } from "./messages.ts";

export interface Shortcut {
  /** `KeyboardEvent.code`, for example `Digit1`, `Space`, `ArrowLeft`. */
  readonly code: string;
  readonly alt?: boolean;
  readonly title: MessageKey;
  readonly press: () => void;
  readonly release?: () => void;
  /** A shortcut that does nothing now is neither bound nor shown in help. */
  readonly when?: () => boolean;
}

const storageKey = "wardline-single-keys";
let layers = $state.raw<readonly (readonly Shortcut[])[]>([]);
let enabled = $state(localStorage.getItem(storageKey) !== "off");

export const singleKeys = {
  get enabled() {
    return enabled;
  },
  set enabled(value: boolean) {
    enabled = value;
    localStorage.setItem(storageKey, value ? "on" : "off");
  },
};

/** Binds shortcuts while a component lives; returns how to unbind. */
export function bindShortcuts(shortcuts: readonly Shortcut[]): () => void {
  layers = [...layers, shortcuts];
  return () => {
    layers = layers.filter((layer) => layer !== shortcuts);
  };
}

/** The shortcuts that do something on the present screen. */
export function activeShortcuts(): readonly Shortcut[] {
  return layers.flat().filter((shortcut) => shortcut.when?.() ?? true);
}

/** `1` for `Digit1`, `←` for `ArrowLeft`: what is printed on the key. */
export function keyName(shortcut: Pick<Shortcut, "code" | "alt">): string {
  const names: Record<string, string> = {
    ArrowLeft: "←",
    ArrowRight: "→",
    Space: "Space",
    Slash: "/",
    Backspace: "⌫",
  };
  const name = names[shortcut.code] ?? shortcut.code.replace(/^(Digit|Key)/, "");
  return shortcut.alt ? `Alt ${name}` : name;
}

/** Keys that are down now; nothing on screen depends on it. */
// eslint-disable-next-line svelte/prefer-svelte-reactivity
const held = new Map<string, Shortcut>();

/** Starts listening on the document; returns how to stop. */
export function startShortcuts(): () => void {
  const down = (event: KeyboardEvent) => {
    if (!enabled || event.ctrlKey || event.metaKey || isTyping(event.target)) return;
    const shortcut = activeShortcuts().find(
      (each) => each.code === event.code && (each.alt ?? false) === event.altKey,
    );
    if (!shortcut) return;
    event.preventDefault();
    if (event.repeat) return;
    if (shortcut.release) held.set(event.code, shortcut);
    shortcut.press();
  };
  const letGo = (code: string) => {
    const shortcut = held.get(code);
    held.delete(code);
    shortcut?.release?.();
  };
  const up = (event: KeyboardEvent) => letGo(event.code);
  const away = () => [...held.keys()].forEach(letGo);
  document.addEventListener("keydown", down);
  document.addEventListener("keyup", up);
  addEventListener("blur", away);
  return () => {
    document.removeEventListener("keydown", down);
    document.removeEventListener("keyup", up);
    removeEventListener("blur", away);
  };
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}
