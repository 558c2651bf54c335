// The words for connections, on the call's screens and afterwards, in both languages.
import { catalogue } from '../../i18n/catalogue';

const s = '\u00a0';

export const c = catalogue({
  en: {
    levels: { excellent: 'excellent', good: 'good', poor: 'weak', lost: 'lost' },
    because: (words: string, reasons: string[]) =>
      reasons.length > 0 ? `${words}: ${reasons.join(', ')}` : words,
    worst: (words: string) => `up to ${words}`,
    lossUp: (percent: number) => `${percent}% loss while sending`,
    lossDown: (percent: number) => `${percent}% loss while receiving`,
    jitterUp: (ms: number) => `${ms}${s}ms jitter while sending`,
    jitterDown: (ms: number) => `${ms}${s}ms jitter while receiving`,
    roundTrip: (ms: number) => `${ms}${s}ms round trip`,
    freezes: (count: number) =>
      count === 1 ? 'picture froze once' : `picture froze ${count} times`,

    way: 'Direction',
    sends: 'Sends',
    receives: 'Receives',
    loss: 'Loss',
    jitter: 'Jitter',
    rate: 'Rate',
    both: 'Round trip',
    frozen: 'Freezes',
    none: '–',
  },
  zh: {
    levels: { excellent: '极好', good: '良好', poor: '较弱', lost: '中断' },
    because: (words: string, reasons: string[]) =>
      reasons.length > 0 ? `${words}：${reasons.join('，')}` : words,
    worst: (words: string) => `最高${words}`,
    lossUp: (percent: number) => `上行丢包 ${percent}%`,
    lossDown: (percent: number) => `下行丢包 ${percent}%`,
    jitterUp: (ms: number) => `上行抖动 ${ms}${s}毫秒`,
    jitterDown: (ms: number) => `下行抖动 ${ms}${s}毫秒`,
    roundTrip: (ms: number) => `往返延迟 ${ms}${s}毫秒`,
    freezes: (count: number) => `画面卡顿 ${count} 次`,

    way: '方向',
    sends: '上行',
    receives: '下行',
    loss: '丢包',
    jitter: '抖动',
    rate: '速率',
    both: '往返延迟',
    frozen: '卡顿',
    none: '–',
  },
});
