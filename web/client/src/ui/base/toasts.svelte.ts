// Short words about what was just done, shown for a few seconds and read out.
export type Toast = { id: number; text: string; tone: 'good' | 'danger' };

const staysFor = 5_000;
const atMost = 3;

let next = 1;
let shown = $state<Toast[]>([]);

export function toasts(): readonly Toast[] {
  return shown;
}

export function toast(text: string, tone: Toast['tone'] = 'good'): void {
  const id = next++;
  shown = [...shown, { id, text, tone }].slice(-atMost);
  setTimeout(() => dismiss(id), tone === 'danger' ? 2 * staysFor : staysFor);
}

export function dismiss(id: number): void {
  shown = shown.filter((toast) => toast.id !== id);
}
