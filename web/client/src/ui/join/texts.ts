// The words of the ways into the call and out of it; those of devices and of the call itself stand
// beside it. Short sentences: they are read on a phone, by somebody who may be nervous about being on
// camera.
import { catalogue } from '../../i18n/catalogue';

export const t = catalogue({
  en: {
    title: 'Video consultation',
    withWhom: (stylist: string, shop: string) => `with ${stylist} at ${shop}`,
    hello: (name: string) => `Hello, ${name}`,
    callShop: (phone: string) => `Call the shop: ${phone}`,
    openNow: 'Check again',

    invalid: {
      title: 'This link does not work',
      text: 'It may have been cut off when it was copied. Open it again from the message, or ask the shop for a new one.',
    },

    unreachable: {
      title: 'The shop cannot be reached',
      text: 'Check your network. This page keeps trying by itself.',
    },

    tooEarly: {
      title: 'You are early',
      text: (opens: string) =>
        `You can come in from ${opens}. Keep this page open: it opens by itself.`,
      starts: (when: string) => `Your appointment starts ${when}.`,
      left: 'Opens in',
      days: (days: number) => (days === 1 ? '1 day' : `${days} days`),
    },
    moved: (from: string, to: string) =>
      `Your appointment was moved from ${from} to ${to}. This link stays good for the new time.`,

    tooLate: {
      title: 'This appointment is over',
      text: 'The time for this video consultation has passed. Ask the shop for a new one.',
    },

    cancelled: {
      title: 'This appointment was cancelled',
      text: 'Nothing is needed from you. If you did not expect this, ask the shop.',
    },

    expired: {
      title: 'This invitation is no longer good',
      text: 'It was taken back, or its time has passed. Ask whoever invited you for a new one.',
    },

    locked: {
      title: 'The call is locked',
      text: 'Nobody new is let in just now. Ask the shop to unlock it, then try again.',
    },

    unsupported: {
      title: 'This browser cannot make video calls',
      text: 'Open the link in an up-to-date Safari, Chrome, Edge or Firefox.',
    },

    waiting: {
      title: 'Waiting room',
      next: 'You are next',
      ahead: (count: number) =>
        count === 1 ? '1 person is before you' : `${count} people are before you`,
      joining: 'Connecting to the shop…',
      keep: (stylist: string) => `${stylist} lets you in. Keep this page open.`,
      back: 'You are back in the waiting room',
      network: 'Connection',
      networkGood: 'good',
      networkTrying: 'connecting…',
      networkBad: 'no media connection yet. Try another network, or switch your VPN off.',
      leave: 'Leave',
    },

    ended: {
      left: 'You left the call',
      ended: 'The call has ended',
      removed: 'You were taken out of the call',
      cancelled: 'The appointment was cancelled',
      moved: 'The appointment was moved',
      window_closed: 'The time of the appointment is over',
      thanks: 'Thank you. You can close this page.',
      again: 'Return to the call',
      superseded: 'The call is open in another place',
      supersededText: 'You have opened this link in another tab or on another device.',
      useHere: 'Use it here',
    },

    refused: {
      room_full: 'There is no free place in the call. Wait a moment, then try again.',
      unsupported_media:
        'This browser and the shop have no common video format. Try Chrome or Safari.',
      other: 'You could not be let in. Try again, or ask the shop.',
    },
  },
  zh: {
    title: '视频咨询',
    withWhom: (stylist: string, shop: string) => `${shop} · ${stylist}`,
    hello: (name: string) => `${name}，您好`,
    callShop: (phone: string) => `拨打门店电话：${phone}`,
    openNow: '再查看一次',

    invalid: {
      title: '链接无法打开',
      text: '复制时可能不完整。请从消息里重新打开，或请门店再发一个链接。',
    },

    unreachable: {
      title: '暂时连不上门店',
      text: '请检查网络，本页会自动重试。',
    },

    tooEarly: {
      title: '还没到时间',
      text: (opens: string) => `${opens} 起可以进入。请保持本页打开，到时会自动进入。`,
      starts: (when: string) => `预约时间：${when}。`,
      left: '距离开放',
      days: (days: number) => `${days} 天`,
    },
    moved: (from: string, to: string) => `预约已从 ${from} 改到 ${to}，新时间仍用这个链接。`,

    tooLate: {
      title: '预约时间已过',
      text: '这次视频咨询的时间已经过去，请联系门店重新预约。',
    },

    cancelled: {
      title: '预约已取消',
      text: '您无需做任何事。如有疑问，请联系门店。',
    },

    expired: {
      title: '邀请已失效',
      text: '邀请已被收回或已过期。请让邀请您的人再发一个链接。',
    },

    locked: {
      title: '通话已锁定',
      text: '现在不再让新的人进入。请联系门店解除锁定后再试。',
    },

    unsupported: {
      title: '这个浏览器不支持视频通话',
      text: '请用新版 Safari、Chrome、Edge 或 Firefox 打开链接。',
    },

    waiting: {
      title: '等候室',
      next: '下一位就是您',
      ahead: (count: number) => `您前面还有 ${count} 位`,
      joining: '正在连接门店…',
      keep: (stylist: string) => `${stylist} 会请您进入，请保持本页打开。`,
      back: '您已回到等候室',
      network: '网络连接',
      networkGood: '良好',
      networkTrying: '正在连接…',
      networkBad: '尚未连通音视频。请换一个网络，或关闭 VPN。',
      leave: '离开',
    },

    ended: {
      left: '您已离开通话',
      ended: '通话已结束',
      removed: '您已被移出通话',
      cancelled: '预约已取消',
      moved: '预约已改期',
      window_closed: '预约时间已结束',
      thanks: '谢谢，可以关闭本页了。',
      again: '回到通话',
      superseded: '通话已在别处打开',
      supersededText: '您在另一个标签页或设备上打开了这个链接。',
      useHere: '在这里使用',
    },

    refused: {
      room_full: '通话人数已满，请稍后重试。',
      unsupported_media: '这个浏览器与门店没有共同的视频格式，请换 Chrome 或 Safari。',
      other: '未能进入，请重试或联系门店。',
    },
  },
});
