// Light or dark: the system's choice until the person makes their own, which
// is then remembered on this device.
import { recall, remember } from './remembered';

export type Theme = 'system' | 'light' | 'dark';

const remembered = recall<Theme>('theme', ['system', 'light', 'dark']) ?? 'system';
let chosen = $state(remembered);
apply(remembered);

export function theme(): Theme {
  return chosen;
}

export function chooseTheme(theme: Theme): void {
  chosen = theme;
  remember('theme', theme);
  apply(theme);
}

function apply(theme: Theme): void {
  if (typeof document === 'undefined') return;
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
