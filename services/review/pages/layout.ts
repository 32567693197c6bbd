import { type Identity, includesRole } from '../../platform/index.js';
import type { Assets } from '../assets.js';
import { type Fragment, type Html, html } from './html.js';
import { NOT_A_CHANNEL } from './words.js';

/** What every page is given. */
export type PageContext = {
  readonly assets: Assets;
  /** null on error pages where nobody was recognised. */
  readonly identity: Identity | null;
  readonly now: Date;
};

export type Page = {
  /** Names the kind of page only: it stands in browser histories, so nothing that identifies a study. */
  readonly title: string;
  readonly place: 'worklist' | 'case' | 'feeds' | 'dead-letters' | 'problem';
  readonly main: Fragment;
};

const PLACES = [
  { place: 'worklist', href: '/', word: 'Worklist', role: 'viewer' },
  { place: 'feeds', href: '/feeds', word: 'Feeds', role: 'viewer' },
  { place: 'dead-letters', href: '/dead-letters', word: 'Dead letters', role: 'admin' },
] as const;

function navigation(place: Page['place'], identity: Identity): Html {
  const visible = PLACES.filter((entry) => includesRole(identity.role, entry.role));
  return html`<nav aria-label="Pages"><ul>${visible.map(
    (entry) =>
      html`<li><a href="${entry.href}"${entry.place === place && html` aria-current="page"`}>${entry.word}</a></li>`,
  )}</ul></nav>`;
}

/** A whole document. Everything in it works without the script. */
export function document({ assets, identity }: PageContext, { title, place, main }: Page): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark light">
<title>${title} – Overread</title>
<link rel="icon" href="${assets.address('icon.svg')}" type="image/svg+xml">
<link rel="stylesheet" href="${assets.address('review.css')}">
<script src="${assets.address('review.js')}" defer></script>
</head>
<body data-page="${place}">
<a class="skip" href="#main">Skip to the content</a>
<header class="top">
<a class="brand" href="/">Overread</a>
${identity !== null && navigation(place, identity)}
<p class="channel">${NOT_A_CHANNEL}</p>
${identity !== null && html`<p class="who"><span class="vh">Signed in as </span>${identity.name}<span class="role">${identity.role}</span></p>`}
</header>
<main id="main" tabindex="-1">
${main}
</main>
</body>
</html>
`.toString();
}
