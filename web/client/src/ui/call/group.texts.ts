// The words of a group call, on the stylist's screen and on the others', in both languages.
import { catalogue } from '../../i18n/catalogue';

export const g = catalogue({
  en: {
    everybody: 'Show everybody',
    speaker: 'Show one large',
    people: (count: number) => `${count} people in the call`,
    page: (page: number, of: number) => `Page ${page} of ${of}`,
    before: 'Previous page',
    after: 'Next page',
    you: 'You',
    screenOf: (name: string) => `${name}’s screen`,
    pin: (name: string) => `Keep ${name} large`,
    unpin: (name: string) => `No longer keep ${name} large`,
    actions: (name: string) => `What to do with ${name}`,
    subject: 'In focus',
    speaks: 'speaks',
    muted: 'muted',
    paused: 'The network is too weak for this picture. The sound goes on.',
    reconnecting: 'reconnecting…',
    noPicture: 'Camera off',
    coming: 'Picture is coming…',
    connection: (name: string) => `Connection of ${name}`,

    share: 'Share screen',
    stopSharing: 'Stop sharing',
    sharing: 'Everybody sees your screen.',
    shareTaken: 'Somebody else is showing a screen. Try again when they have finished.',
    shareDenied: 'The screen was not shared: the browser or you did not allow it.',
    shareFailed: 'The screen could not be shared. Try another window.',

    silenced: {
      audio: (by: string) =>
        `${by} has muted your microphone. Press “Unmute” when you want to speak.`,
      video: (by: string) =>
        `${by} has turned your camera off. Press “Camera on” when you want to be seen.`,
      screen: (by: string) => `${by} has stopped your screen. You can share it again.`,
    },
    somebody: 'The host',
    locked: 'Locked: nobody new comes in',
  },
  zh: {
    everybody: '显示所有人',
    speaker: '放大一人',
    people: (count: number) => `通话中 ${count} 人`,
    page: (page: number, of: number) => `第 ${page} 页，共 ${of} 页`,
    before: '上一页',
    after: '下一页',
    you: '您',
    screenOf: (name: string) => `${name} 的屏幕`,
    pin: (name: string) => `固定放大 ${name}`,
    unpin: (name: string) => `取消固定 ${name}`,
    actions: (name: string) => `对 ${name} 的操作`,
    subject: '主画面',
    speaks: '正在说话',
    muted: '已静音',
    paused: '网络较弱，暂停此画面，声音继续。',
    reconnecting: '正在重新连接…',
    noPicture: '摄像头已关闭',
    coming: '画面马上就来…',
    connection: (name: string) => `${name} 的网络`,

    share: '共享屏幕',
    stopSharing: '停止共享',
    sharing: '所有人都能看到您的屏幕。',
    shareTaken: '别人正在共享屏幕，请等对方结束后再试。',
    shareDenied: '没有共享屏幕：浏览器或您没有允许。',
    shareFailed: '屏幕未能共享，请换一个窗口再试。',

    silenced: {
      audio: (by: string) => `${by} 将您静音了。想说话时请按“取消静音”。`,
      video: (by: string) => `${by} 关闭了您的摄像头。想露面时请按“开摄像头”。`,
      screen: (by: string) => `${by} 停止了您的屏幕共享。您可以再次共享。`,
    },
    somebody: '主持人',
    locked: '已锁定：不再让新的人进入',
  },
});
