/** Pure text forms of values; what is not known is a dash. Times are epoch milliseconds; `now` is a parameter. */
export const UNKNOWN = "—";

export interface Money {
  micros: number;
  currency: string;
}

const grouped = (value: number, least: number, most: number): string =>
  value.toLocaleString("en-US", { minimumFractionDigits: least, maximumFractionDigits: most });

export const micros = (value: Money | null): number => value?.micros ?? 0;

/** Cents from one cent on; below it as many digits as say something. */
export function money(value: Money | null): string {
  if (!value) return UNKNOWN;
  const units = value.micros / 1e6;
  const digits = value.micros === 0 || Math.abs(value.micros) >= 1e6 ? 2 : Math.abs(value.micros) >= 10_000 ? 3 : 6;
  return `${grouped(units, 2, digits)} ${value.currency}`;
}

export const count = (value: number): string => grouped(value, 0, 0);

export const plural = (value: number, one: string, many: string): string => `${count(value)} ${value === 1 ? one : many}`;

/** 820 ms, 4.2 s, 3 min 04 s, 2 h 10 min, 3 d 4 h. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 ? `${minutes} min ${String(seconds % 60).padStart(2, "0")} s` : `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  const days = Math.floor(hours / 24);
  return hours % 24 ? `${days} d ${hours % 24} h` : `${days} d`;
}

/** One unit only, rounded down: what a list has room for. */
export function rough(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return `${Math.max(0, Math.floor(ms / 1000))} s`;
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} d`;
}

/** 0 where there is no time: the callers ask only about what has one. */
export const millis = (time: string | null): number => (time ? Date.parse(time) : 0);

const two = (value: number): string => String(value).padStart(2, "0");

/** 14:02:11, in the reader's own zone. */
export function clock(time: string | null): string {
  if (!time) return UNKNOWN;
  const date = new Date(time);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** 14:02 today, 23 Nov 14:02 this year, 23 Nov 2025 before that. */
export function day(time: string | null, now: number): string {
  if (!time) return UNKNOWN;
  const date = new Date(time);
  const today = new Date(now);
  const hour = `${two(date.getHours())}:${two(date.getMinutes())}`;
  if (date.toDateString() === today.toDateString()) return hour;
  const calendar = `${date.getDate()} ${months[date.getMonth()]}`;
  return date.getFullYear() === today.getFullYear() ? `${calendar} ${hour}` : `${calendar} ${date.getFullYear()}`;
}

/** 9f3c 51e0 … a77b: enough to compare by eye, never to trust. */
export const digestEnds = (hex: string): string =>
  hex.length <= 16 ? hex : `${hex.slice(0, 4)} ${hex.slice(4, 8)} … ${hex.slice(-4)}`;

export const shortID = (id: string): string => (id.length === 36 ? id.slice(-8) : id);

/** `issue_type` and `dueAt` as words. */
export function label(key: string): string {
  const words = key.replace(/([a-z0-9])([A-Z])/g, "$1 $2").replace(/[_-]+/g, " ").trim().toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What a service says in half a sentence, as a whole one. Names of policies and operations keep their case. */
export function sentence(text: string): string {
  const trimmed = text.trim();
  if (!trimmed) return "";
  const begun = /^[a-z]+[ ,:.]/.test(trimmed) ? trimmed[0].toUpperCase() + trimmed.slice(1) : trimmed;
  return /[.!?…]$/.test(begun) ? begun : `${begun}.`;
}

export function initials(name: string): string {
  const words = name.split(/\s+/).filter(Boolean);
  return ((words[0]?.[0] ?? "") + (words.length > 1 ? words[words.length - 1][0] : "")).toUpperCase();
}
