// The staff page's addresses. Links are ordinary `<a href>`; plain clicks on
// those of our own origin change the page without loading it again.
let url = $state.raw(typeof location === 'undefined' ? new URL('http://localhost/') : here());

export function path(): string {
  return url.pathname;
}

export function query(): URLSearchParams {
  return url.searchParams;
}

export function navigate(to: string, { replace = false } = {}): void {
  const target = resolve(to);
  if (target.href === location.href) return;
  history[replace ? 'replaceState' : 'pushState'](null, '', target);
  const moved = target.pathname !== url.pathname;
  url = target;
  if (moved && !replace) window.scrollTo(0, 0);
}

/** `match('/customers/:id', path())` gives `{ id }`, or undefined. */
export function match(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split('/');
  const parts = path.replace(/\/$/, '').split('/');
  if (pattern === '/') return path === '/' ? {} : undefined;
  if (wanted.length !== parts.length) return undefined;
  const found: Record<string, string> = {};
  for (const [i, want] of wanted.entries()) {
    const part = parts[i] ?? '';
    if (want.startsWith(':')) found[want.slice(1)] = decodeURIComponent(part);
    else if (want !== part) return undefined;
  }
  return found;
}

/** Starts to follow links and the back button. */
export function startRouter(): void {
  window.addEventListener('popstate', () => (url = here()));
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (!link || !isPlainClick(event) || !staysHere(link)) return;
    event.preventDefault();
    navigate(link.href);
  });
}

function isPlainClick(event: MouseEvent): boolean {
  const modified = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
  return !event.defaultPrevented && event.button === 0 && !modified;
}

function staysHere(link: HTMLAnchorElement): boolean {
  const ours = link.origin === location.origin && !/^\/(api|j)\//.test(link.pathname);
  return ours && !link.target && !link.hasAttribute('download');
}

function resolve(to: string): URL {
  return new URL(to, location.href);
}

function here(): URL {
  return new URL(location.href);
}
