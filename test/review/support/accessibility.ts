import type { Page } from 'playwright-core';

/** What a text on the page looks like: its colour and the grounds under it, from the nearest outwards. */
type Painted = { readonly words: string; readonly color: string; readonly grounds: readonly string[] };

const LEAST_CONTRAST = 4.5;

type Color = { readonly rgb: readonly number[]; readonly alpha: number };

function parse(css: string): Color {
  const [r = 0, g = 0, b = 0, alpha = 1] = (css.match(/[\d.]+/g) ?? []).map(Number);
  return { rgb: [r, g, b], alpha };
}

/** WCAG 2.2, relative luminance. */
function luminance(rgb: readonly number[]): number {
  const [r = 0, g = 0, b = 0] = rgb.map((channel) => {
    const c = channel / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

/** Every text node's element with its colours, read in the browser. */
function painted(page: Page): Promise<Painted[]> {
  return page.evaluate(`(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const element = node.parentElement;
      if (!node.textContent.trim() || element.closest('.vh, option, script') || !element.checkVisibility()) continue;
      const grounds = [];
      for (let e = element; e; e = e.parentElement) grounds.push(getComputedStyle(e).backgroundColor);
      found.push({ words: node.textContent.trim().slice(0, 40), color: getComputedStyle(element).color, grounds });
    }
    return found;
  })()`);
}

/** Texts with less than 4.5:1 against what they stand on (WCAG 2.2, 1.4.3). */
export async function contrastFailures(page: Page): Promise<string[]> {
  const texts = await painted(page);
  if (texts.length === 0) throw new Error('no text on the page');
  return texts.flatMap(({ words, color, grounds }) => {
    const ground = grounds.map(parse).find(({ alpha }) => alpha === 1) ?? { rgb: [255, 255, 255], alpha: 1 };
    const ratio = contrast(parse(color).rgb, ground.rgb);
    return ratio >= LEAST_CONTRAST ? [] : [`${words}: ${color} on ${ground.rgb} is ${ratio.toFixed(2)}`];
  });
}
