// The words of a call's quality on its appointment, in both languages.
import { catalogue } from '../../../i18n/catalogue';

interface Seconds {
  excellent: number;
  good: number;
  poor: number;
  lost: number;
}

const all = ({ excellent, good, poor, lost }: Seconds) => excellent + good + poor + lost;

/** 40 s, 12 min, 1 h 5 min: seconds matter in minutes only. A number stays with its unit. */
function span(seconds: number, [hour, minute, second]: [string, string, string]): string {
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const parts =
    h > 0
      ? [
          [h, hour],
          [m, minute],
        ]
      : [
          [m, minute],
          [s, second],
        ];
  const said = parts
    .filter(([value]) => value !== 0)
    .map(([value, unit]) => `${value}\u00a0${unit}`);
  return said.join(' ') || `0\u00a0${second}`;
}

const en = (seconds: number) => span(seconds, ['h', 'min', 's']);
const zh = (seconds: number) => span(seconds, ['小时', '分', '秒']);

export const q = catalogue({
  en: {
    title: 'Connections in the call',
    roles: { stylist: 'Stylist', staff: 'Front desk', customer: 'Customer', guest: 'Guest' },
    summary: (seconds: Seconds, reasons: string[]) => {
      const bad = [
        ...(seconds.poor > 0 ? [`weak for ${en(seconds.poor)}`] : []),
        ...(seconds.lost > 0 ? [`lost for ${en(seconds.lost)}`] : []),
      ].join(', ');
      if (!bad)
        return `${seconds.good > 0 ? 'Good or better' : 'Excellent'} for ${en(all(seconds))}`;
      const words = `${bad[0]!.toUpperCase()}${bad.slice(1)} of ${en(all(seconds))}`;
      return reasons.length > 0 ? `${words}: ${reasons.join(', ')}` : words;
    },
    numbers: 'In numbers',
    figuresOf: (name: string) => `Connection of ${name}`,
    when: (times: string) => `Weak or lost at ${times}`,
    spell: (time: string, seconds: number) => `${time} (${en(seconds)})`,
    meaning: 'Of losses, jitter and round trip the highest, of rates the mean.',
  },
  zh: {
    title: '通话网络质量',
    roles: { stylist: '技师', staff: '前台', customer: '顾客', guest: '来宾' },
    summary: (seconds: Seconds, reasons: string[]) => {
      const bad = [
        ...(seconds.poor > 0 ? [`较弱 ${zh(seconds.poor)}`] : []),
        ...(seconds.lost > 0 ? [`中断 ${zh(seconds.lost)}`] : []),
      ].join('、');
      if (!bad) return `${zh(all(seconds))}全程${seconds.good > 0 ? '良好' : '极好'}`;
      const words = `${zh(all(seconds))}中，${bad}`;
      return reasons.length > 0 ? `${words}：${reasons.join('，')}` : words;
    },
    numbers: '具体数值',
    figuresOf: (name: string) => `${name} 的网络`,
    when: (times: string) => `较弱或中断的时间：${times}`,
    spell: (time: string, seconds: number) => `${time}（${zh(seconds)}）`,
    meaning: '丢包、抖动和往返延迟为最高值，速率为平均值。',
  },
});
