/** Runs in the page, and so may use nothing from outside: how its texts lie, and how they stand out against what is behind them. */
export function look() {
  const brightness = (colour) => {
    const [r = 0, g = 0, b = 0] = (colour.match(/[\d.]+/g) ?? []).map(Number).map((value) => {
      const part = value / 255;
      return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a, b) => {
    const [dark, bright] = [brightness(a), brightness(b)].toSorted((x, y) => x - y);
    return (bright + 0.05) / (dark + 0.05);
  };
  const box = (one) => one.getBoundingClientRect();
  const texts = [...document.querySelectorAll('text')];
  const marks = [...document.querySelectorAll('rect.mark')];
  const paper = (one) => {
    const mark = marks.find(
      (rect) =>
        box(rect).top <= box(one).top + 4 &&
        box(rect).bottom >= box(one).bottom - 4 &&
        rect.ownerSVGElement === one.ownerSVGElement,
    );
    const behind = document.querySelector('.paper');
    if (mark) return getComputedStyle(mark).fill;
    return behind ? getComputedStyle(behind).fill : getComputedStyle(one.closest('svg')).backgroundColor;
  };
  const overlap = (a, b) =>
    box(a).left < box(b).right - 2 &&
    box(b).left < box(a).right - 2 &&
    box(a).top < box(b).bottom - 3 &&
    box(b).top < box(a).bottom - 3;
  return {
    scrollWidth: document.documentElement.scrollWidth,
    texts: texts.length,
    overlapping: texts.flatMap((one, at) =>
      texts
        .slice(at + 1)
        .filter((other) => overlap(one, other))
        .map((other) => `${one.textContent} / ${other.textContent}`),
    ),
    outside: texts
      .filter(
        (one) => box(one).right > box(one.closest('svg')).right + 1 || box(one).left < box(one.closest('svg')).left - 1,
      )
      .map((one) => one.textContent),
    worstContrast: Math.min(...texts.map((one) => contrast(getComputedStyle(one).fill, paper(one)))),
  };
}
