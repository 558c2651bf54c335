// What kind of browser this is, as far as the advice differs. Never used to
// decide what works: that is tried.

export type Family = 'ios' | 'android' | 'safari' | 'firefox' | 'chromium';

/** Browsers inside other apps: many show no camera picture, or never ask for permission. */
export function isInsideApp(agent: string): boolean {
  return /MicroMessenger|WeChat|\bQQ\/|Weibo|DingTalk|AlipayClient|Douyin|aweme|xhsdiscover|FBAN|FBAV|Instagram|\bLine\//i.test(
    agent,
  );
}

export function isWeChat(agent: string): boolean {
  return /MicroMessenger/i.test(agent);
}

export function familyOf(agent: string): Family {
  if (/iPhone|iPad|iPod/i.test(agent)) return 'ios';
  if (/Android/i.test(agent)) return 'android';
  if (/Firefox/i.test(agent)) return 'firefox';
  if (/Safari/i.test(agent) && !/Chrom/i.test(agent)) return 'safari';
  return 'chromium';
}

/** Without these there is no call at all. */
export function canCall(): boolean {
  return typeof RTCPeerConnection !== 'undefined' && typeof WebSocket !== 'undefined';
}

/** Two cameras or a touch screen in the hand: worth a button to switch. */
export function isHandheld(): boolean {
  return matchMedia('(pointer: coarse)').matches;
}
