import { useSyncExternalStore } from "react";

export type Theme = "light" | "dark";
const KEY = "provable.theme";
const listeners = new Set<() => void>();
const preference = (): Theme => (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");

export function theme(): Theme {
  const chosen = document.documentElement.dataset.theme;
  return chosen === "light" || chosen === "dark" ? chosen : preference();
}

function store(value: Theme): void {
  try {
    localStorage.setItem(KEY, value);
  } catch {
    // Storage may be refused (private mode): the choice then lasts as long as the page.
  }
}

export function setTheme(value: Theme): void {
  document.documentElement.dataset.theme = value;
  store(value);
  listeners.forEach((listener) => listener());
}

/** Before the first paint: what was chosen last time, else what the system prefers. */
export function restoreTheme(): void {
  try {
    const saved = localStorage.getItem(KEY);
    if (saved === "light" || saved === "dark") document.documentElement.dataset.theme = saved;
  } catch {
    // The system's preference stands.
  }
}

export const useTheme = (): Theme =>
  useSyncExternalStore((listener) => {
    listeners.add(listener);
    const media = matchMedia("(prefers-color-scheme: dark)");
    media.addEventListener("change", listener);
    return () => {
      listeners.delete(listener);
      media.removeEventListener("change", listener);
    };
  }, theme);
