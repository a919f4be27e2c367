"""What a finger can't hit (WCAG 2.5.5): targets under 44 px, but for links in a sentence."""

from __future__ import annotations

from typing import Final

from playwright.sync_api import Page

PHONE: Final = {"width": 390, "height": 844}
# A target is as high as the ground on which a tap reaches it: its box, or what its ::after spans.
_SMALL: Final = """
() => {
  const reached = (target, x, y) => {
    const hit = document.elementFromPoint(x, y);
    const grounds = [target, ...(target.labels ?? [])];
    const row = hit?.matches('label, summary') && hit.contains(target);
    return row || grounds.some(each => each.contains(hit));
  };
  const height = target => {
    target.scrollIntoView({block: 'center'});
    const box = target.getBoundingClientRect();
    const x = box.left + box.width / 2, middle = box.top + box.height / 2;
    let up = 0, down = 0;
    while (up < 22 && reached(target, x, middle - up - 1)) up++;
    while (down < 22 && reached(target, x, middle + down + 1)) down++;
    return up + down;
  };
  const inSentence = target => {
    const around = target.closest('p, li, dd, label, .field-hint, .alert-text');
    if (!around || !target.matches('a')) return false;
    return [...around.childNodes].some(
      each => each !== target && each.nodeType === Node.TEXT_NODE && each.textContent.trim());
  };
  return [...document.querySelectorAll('a[href], button, input, select, textarea, summary')]
    .filter(each => each.checkVisibility({visibilityProperty: true}) && each.type !== 'hidden'
      && !each.disabled && !each.closest('.unseen, .skip-link, .skip-to-content-link')
      && !inSentence(each)
      && each.getBoundingClientRect().width > 2)
    .map(each => [height(each), each])
    .filter(([high]) => high < 43)
    .map(([high, each]) => `${high} px: ${each.outerHTML.replace(/\\s+/g, ' ').slice(0, 110)}`);
}
"""


def too_small(page: Page) -> list[str]:
    """The targets of the page that are too small, in words."""
    found: list[str] = page.evaluate(_SMALL)
    return found
