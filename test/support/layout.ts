// Whether the texts of a page can be read: none is cut off, none lies over another, none leaves the window.
import type { Page } from 'playwright-core';

/** Runs in the page, so it is a text: the tests know no DOM. Gives a sentence for every fault, at most 20. */
const findFaults = `(() => {
  const faults = [];
  const shown = (element) => {
    return element.checkVisibility({ opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true }) && element.closest('[aria-hidden=true], [data-tabster-dummy], .monaco-editor') === null;
  };
  const modal = document.querySelector('[role=dialog][aria-modal=true], [role=alertdialog]');
  const walker = document.createTreeWalker(modal ?? document.body, NodeFilter.SHOW_TEXT);
  const pieces = [];
  while (walker.nextNode()) {
    const text = walker.currentNode;
    const element = text.parentElement;
    if (!text.data.trim() || !element || ['SCRIPT', 'STYLE', 'OPTION', 'NOSCRIPT'].includes(element.tagName) || !shown(element)) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    const rects = [...range.getClientRects()].filter((rect) => rect.width > 1 && rect.height > 1);
    if (rects.length === 0) continue;
    const words = text.data.trim().slice(0, 60);
    const clip = clippingOf(element);
    if (clip === 'nothing') continue;
    for (const rect of rects) {
      if (clip && (rect.right > clip.right + 1.5 || rect.left < clip.left - 1.5 || rect.top + rect.height / 2 > clip.bottom || rect.bottom - rect.height / 2 < clip.top)) {
        faults.push('cut off: "' + words + '"');
        break;
      }
      if (!clip && (rect.right > document.documentElement.clientWidth + 1 || rect.left + scrollX < -1)) {
        faults.push('leaves the window: "' + words + '"');
        break;
      }
    }
    // The box of a slanted text of a chart is mostly empty.
    if (element.getScreenCTM?.()?.b) continue;
    for (const rect of rects) pieces.push({ rect, element, words });
  }
  /* What hides overflowing text around an element; 'nothing' inside of what scrolls or is for screen readers only. */
  function clippingOf(element) {
    for (let each = element; each && each !== document.documentElement; each = each.parentElement) {
      const style = getComputedStyle(each);
      if (/auto|scroll/.test(style.overflowX + style.overflowY)) return 'nothing';
      const box = each.getBoundingClientRect();
      if (style.position === 'absolute' && (box.width <= 1 || style.clipPath !== 'none' || box.left < -1000)) return 'nothing';
      if (style.textOverflow === 'ellipsis' && each.hasAttribute('title')) return 'nothing';
      if (/hidden|clip/.test(style.overflowX)) return box;
    }
    return null;
  }
  pieces.sort((left, right) => left.rect.top - right.rect.top);
  for (let i = 0; i < pieces.length && faults.length < 20; i += 1) {
    const one = pieces[i];
    for (let j = i + 1; j < pieces.length && pieces[j].rect.top < one.rect.bottom; j += 1) {
      const other = pieces[j];
      if (one.element === other.element || one.element.contains(other.element) || other.element.contains(one.element)) continue;
      const across = Math.min(one.rect.right, other.rect.right) - Math.max(one.rect.left, other.rect.left);
      const down = Math.min(one.rect.bottom, other.rect.bottom) - Math.max(one.rect.top, other.rect.top);
      if (across > 3 && down > Math.min(one.rect.height, other.rect.height) * 0.4 && !isAbove(one.element) && !isAbove(other.element)) {
        faults.push('overlap: "' + one.words + '" and "' + other.words + '"');
        break;
      }
    }
  }
  /* The frame's head stays in place while the page moves below it, and pop-ups lie above by purpose. */
  function isAbove(element) {
    for (let each = element; each; each = each.parentElement) {
      if (['sticky', 'fixed'].includes(getComputedStyle(each).position)) return true;
      if (each.getAttribute('role') === 'tooltip' || each.getAttribute('role') === 'menu') return true;
    }
    return false;
  }
  return [...new Set(faults)].slice(0, 20);
})()`;

/** Faults of the texts that the page shows now, each a sentence. Empty when everything can be read. */
export async function layoutFaults(page: Page): Promise<readonly string[]> {
  return await page.evaluate<readonly string[]>(findFaults);
}
