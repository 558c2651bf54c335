// Which of many boxes lies next in the direction of an arrow key, as the eye
// sees it: by their places on the screen, not by their order in the page.
type Box = Pick<DOMRect, 'left' | 'right' | 'top' | 'bottom'>;
type Arrow = 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown';

export function isArrow(key: string): key is Arrow {
  return ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'].includes(key);
}

/** The index of the next box, or undefined at the edge. Left and right go on in the next row. */
export function nextBox(boxes: Box[], from: number, arrow: Arrow): number | undefined {
  if (arrow === 'ArrowLeft') return from > 0 ? from - 1 : undefined;
  if (arrow === 'ArrowRight') return from < boxes.length - 1 ? from + 1 : undefined;
  const here = boxes[from];
  if (!here) return undefined;
  const beyond = boxes
    .map((box, index) => ({ index, down: away(here, box, arrow), aside: aside(here, box) }))
    .filter(({ down }) => down > 0);
  beyond.sort((a, b) => rowOf(a.down) - rowOf(b.down) || a.aside - b.aside);
  return beyond[0]?.index;
}

/** Boxes of one row may differ by a few pixels. */
function rowOf(distance: number): number {
  return Math.round(distance / 40);
}

function away(here: Box, there: Box, arrow: Arrow): number {
  return arrow === 'ArrowDown' ? there.top - here.bottom + 1 : here.top - there.bottom + 1;
}

function aside(here: Box, there: Box): number {
  return Math.abs(here.left + here.right - there.left - there.right) / 2;
}
