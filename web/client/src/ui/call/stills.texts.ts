// The words for still pictures in the place of video, for both sides and in both languages.
import { catalogue } from '../../i18n/catalogue';

const seconds = (milliseconds: number) => Math.round(milliseconds / 1000);
const minutes = (milliseconds: number) => Math.floor(milliseconds / 60_000);
const MINUTE_MS = 60_000;

export const s = catalogue({
  en: {
    instead: 'Weak network: still pictures instead of video',
    short: 'Still picture',
    coming: 'Weak network: still pictures will come instead of video. The sound goes on.',
    comingBriefly: 'Weak network: a still picture is coming…',
    still: (of: string) => `${of}, still picture`,
    age: (ms: number) => (ms < MINUTE_MS ? `${seconds(ms)} seconds ago` : `${minutes(ms)} min ago`),
    ownWeak: 'Your network is weak: the others see still pictures of you. The sound goes on.',
    seenBy: (names: string) => `${names} sees still pictures of you: a weak network.`,
    seenByAll: (count: number) => `${count} people see still pictures of you: weak networks.`,
    someone: 'Somebody',
    deviceBusy: 'This device is very busy. Closing other apps makes the pictures smoother.',
  },
  zh: {
    instead: '网络较弱：以静态照片代替视频',
    short: '静态照片',
    coming: '网络较弱，稍后以静态照片代替视频，声音继续。',
    comingBriefly: '网络较弱，静态照片马上就来…',
    still: (of: string) => `${of}（静态照片）`,
    age: (ms: number) => (ms < MINUTE_MS ? `${seconds(ms)} 秒前` : `${minutes(ms)} 分钟前`),
    ownWeak: '您的网络较弱，对方看到的是您的静态照片，声音继续。',
    seenBy: (names: string) => `${names} 网络较弱，看到的是您的静态照片。`,
    seenByAll: (count: number) => `有 ${count} 人网络较弱，看到的是您的静态照片。`,
    someone: '有人',
    deviceBusy: '这台设备很忙，关闭其他应用后画面会更流畅。',
  },
});
