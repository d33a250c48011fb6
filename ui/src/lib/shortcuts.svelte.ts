/**
 * One registry of keyboard shortcuts: it binds the keys, fills the help dialog and labels the buttons.
 * Single keys can be switched off (WCAG 2.1.4). Keys are named by `code`, so that other keyboard layouts work.
 */
import { untrack } from "svelte";
import { t, type MessageKey } from "./messages.ts";

export interface Shortcut {
  /** `KeyboardEvent.code`, for example `Digit1`, `Space`, `ArrowLeft`. */
  readonly code: string;
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

/** Binds shortcuts while a component lives (call it in an effect); returns how to unbind. */
export function bindShortcuts(shortcuts: readonly Shortcut[]): () => void {
  layers = [...untrack(() => layers), shortcuts];
  return () => {
    layers = layers.filter((layer) => layer !== shortcuts);
  };
}

/** The shortcuts that do something on the present screen. */
export function activeShortcuts(): readonly Shortcut[] {
  return layers.flat().filter((shortcut) => shortcut.when?.() ?? true);
}

/** `1` for `Digit1`, `←` for `ArrowLeft`: what is printed on the key. */
export function keyName(code: string): string {
  const names: Record<string, string> = { ArrowLeft: "←", ArrowRight: "→", Slash: "/" };
  if (code === "Space") return t("key.space");
  return names[code] ?? code.replace(/^(Digit|Key)/, "");
}

/** Keys that are down now; nothing on screen depends on it. */
// eslint-disable-next-line svelte/prefer-svelte-reactivity
const held = new Map<string, Shortcut>();

/** Starts listening on the document; returns how to stop. */
export function startShortcuts(): () => void {
  const down = (event: KeyboardEvent) => {
    if (!enabled || event.ctrlKey || event.metaKey || event.altKey) return;
    if (ownsKey(event.target, event.code) || document.querySelector("dialog[open]")) return;
    const shortcut = activeShortcuts().find(({ code }) => code === event.code);
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
  const up = (event: KeyboardEvent) => {
    // The button that has the focus must not take the end of a hold for a press of its own.
    if (held.has(event.code)) event.preventDefault();
    letGo(event.code);
  };
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

/** Whether what has the focus needs this key itself: text needs every key, a button the ones that press it. */
function ownsKey(target: EventTarget | null, code: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  const presses = code === "Space" || code === "Enter";
  if (target instanceof HTMLInputElement && ["checkbox", "radio"].includes(target.type)) return presses;
  if (target instanceof HTMLSelectElement) return !code.startsWith("Digit");
  if (target.isContentEditable || /^(INPUT|TEXTAREA)$/.test(target.tagName)) return true;
  return presses && target.closest("button, a, summary") !== null && !target.closest("[data-page-keys]");
}
