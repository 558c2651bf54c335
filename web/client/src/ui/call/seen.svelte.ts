// Tells the server how large a picture is on this page, so that it sends no more than can be seen:
// nothing while the tile is scrolled away or the page is in the background.
import type { Attachment } from 'svelte/attachments';
import type { CallSession } from '../../call/session';
import type { Picture } from '../../call/tiles';

/** For the element that the picture fills. */
export function seen(
  session: CallSession,
  picture: Picture | null,
  pinned = false,
): Attachment<HTMLElement> {
  return (element) => {
    if (!picture) return;
    const key = {};
    let isInView = true;
    const report = () => {
      const isVisible = isInView && document.visibilityState === 'visible';
      const height = isVisible ? Math.round(element.clientHeight * devicePixelRatio) : 0;
      session.tiles.set(key, { ...picture, height, pinned });
    };
    const size = new ResizeObserver(report);
    const view = new IntersectionObserver((entries) => {
      isInView = entries.at(-1)?.isIntersecting ?? true;
      report();
    });
    size.observe(element);
    view.observe(element);
    document.addEventListener('visibilitychange', report);
    report();
    return () => {
      size.disconnect();
      view.disconnect();
      document.removeEventListener('visibilitychange', report);
      session.tiles.remove(key);
    };
  };
}
