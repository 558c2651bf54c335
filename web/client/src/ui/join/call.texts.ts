// The words of the call as customers see it, and of the photos that are taken in it.
import { catalogue } from '../../i18n/catalogue';

export const c = catalogue({
  en: {
    consent: {
      title: 'May your stylist take snapshots?',
      where: 'In the call you see and hear each one. You can change your mind at any time.',
      yes: 'Yes, snapshots are fine',
      no: 'No snapshots',
      noHint: 'You can join the call either way.',
      failed: {
        unsaved: 'Your answer could not be saved. Check the network and try again.',
        outdated:
          'The words have changed meanwhile. Please read them again, and give your answer once more.',
        closed: 'This link is closed: nothing can be allowed here. Ask the shop for a new link.',
      },
    },
    title: (stylist: string) => `Call with ${stylist}`,
    remotePicture: (name: string) => `Picture of ${name}`,
    noPicture: (name: string) => `${name} has the camera off`,
    coming: (name: string) => `${name} is coming…`,
    muted: (name: string) => `${name} is muted`,
    alone: 'Waiting for your stylist',
    mute: 'Mute',
    unmute: 'Unmute',
    cameraOff: 'Camera off',
    cameraOn: 'Camera on',
    flip: 'Switch camera',
    hangUp: 'Hang up',
    enlarge: 'Show my picture large',
    shrink: 'Show the stylist large',
    taken: 'A photo was taken',
    snapshotsOn: 'Snapshots allowed',
    snapshotsOff: 'No snapshots',
    snapshotsTitle: 'Snapshots in this call',
    allow: 'Allow snapshots',
    withdraw: 'No more snapshots',
    withdrawn:
      'From now on no photos are taken. Ask the shop if those taken before should be deleted.',
    reconnecting: 'Connection lost. Coming back by itself…',
    busy: 'Too many calls just now. Your place is kept, and picture and sound come by themselves. Please wait.',
    otherReconnecting: (name: string) => `${name}’s connection is interrupted. One moment…`,
    weak: 'Your connection is weak. Sound comes first.',
    paused: 'Your phone has paused the camera. Come back to this page to go on.',
    entered: 'You are in the call.',
    hear: 'Tap here to hear the call',

    arriving: (count: number) =>
      count === 1 ? '1 photo still arriving' : `${count} photos still arriving`,
    arrivingKeep: 'Keep this page open until they have arrived.',

    arrivingRetry: {
      network:
        'The network is away. They are safe on this device and are sent as soon as it is back.',
      server:
        'The shop cannot take them just now. They are safe on this device and are sent as soon as it can.',
      full: 'The shop’s storage is full. They are safe on this device and are sent as soon as there is room.',
    },
  },
  zh: {
    consent: {
      title: '允许技师拍摄照片吗？',
      where: '通话中每拍一张，您都能看到并听到。随时可以改变决定。',
      yes: '允许拍照',
      no: '不允许拍照',
      noHint: '无论怎样选择，都可以参加通话。',
      failed: {
        unsaved: '您的选择没有保存成功，请检查网络后重试。',
        outdated: '说明文字刚刚有更新，请重新阅读后再选择一次。',
        closed: '此链接已关闭，无法再允许拍照。请联系门店索取新的链接。',
      },
    },
    title: (stylist: string) => `与 ${stylist} 通话`,
    remotePicture: (name: string) => `${name} 的画面`,
    noPicture: (name: string) => `${name} 已关闭摄像头`,
    coming: (name: string) => `${name} 马上就来…`,
    muted: (name: string) => `${name} 已静音`,
    alone: '正在等候技师',
    mute: '静音',
    unmute: '取消静音',
    cameraOff: '关摄像头',
    cameraOn: '开摄像头',
    flip: '切换摄像头',
    hangUp: '挂断',
    enlarge: '放大我的画面',
    shrink: '放大技师的画面',
    taken: '已拍摄一张照片',
    snapshotsOn: '已允许拍照',
    snapshotsOff: '未允许拍照',
    snapshotsTitle: '本次通话的拍照',
    allow: '允许拍照',
    withdraw: '不再允许拍照',
    withdrawn: '从现在起不再拍照。如需删除之前的照片，请联系门店。',
    reconnecting: '网络中断，正在自动恢复…',
    busy: '当前通话过多。您的位置已保留，画面和声音稍后会自动出现，请稍候。',
    otherReconnecting: (name: string) => `${name} 的网络中断，请稍候…`,
    weak: '您的网络较弱，优先保证声音。',
    paused: '手机暂停了摄像头，回到本页即可继续。',
    entered: '您已进入通话。',
    hear: '点这里打开声音',

    arriving: (count: number) => `还有 ${count} 张照片正在传送`,
    arrivingKeep: '传完之前请不要关闭本页。',

    arrivingRetry: {
      network: '网络暂时中断。照片已保存在本机，恢复后自动传送。',
      server: '门店暂时无法接收。照片已保存在本机，稍后自动传送。',
      full: '门店的存储空间已满。照片已保存在本机，有空间后自动传送。',
    },
  },
});
