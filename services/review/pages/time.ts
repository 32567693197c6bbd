import { type Html, html } from './html.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `4 min`, `3 h`, `2 days`; what lies ahead of the clock counts as now. */
export function age(from: string | Date, now: Date): string {
  const ms = Math.max(0, now.getTime() - new Date(from).getTime());
  if (ms < MINUTE) return 'just now';
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`;
  if (ms < 2 * DAY) return `${Math.floor(ms / HOUR)} h`;
  return `${Math.floor(ms / DAY)} days`;
}

/** `2026-03-01 08:15 UTC`. */
export function moment(at: string | Date): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

export function ageTag(at: string | Date, now: Date): Html {
  return html`<time datetime="${new Date(at).toISOString()}" title="${moment(at)}">${age(at, now)}</time>`;
}

export function momentTag(at: string | Date): Html {
  return html`<time datetime="${new Date(at).toISOString()}">${moment(at)}</time>`;
}
