// The words about camera and microphone, and of what stands in their way.
import { catalogue } from '../../i18n/catalogue';

export const d = catalogue({
  en: {
    title: 'Camera and microphone',
    why: 'So that your stylist can see and hear you. Nobody sees you before you are let in.',
    allow: 'Turn on camera and microphone',
    opening: 'Please allow the camera and the microphone in the question that your browser shows.',
    ownPicture: 'Your picture',
    level: 'Microphone level',
    levelHint: 'Say something: the bar should move.',
    levelGood: 'We can hear you.',
    devices: 'Choose camera and microphone',
    camera: 'Camera',
    microphone: 'Microphone',
    switchCamera: 'Switch camera',
    testSound: 'Play a test sound',
    playing: 'Playing…',
    soundHint: 'Nothing heard? Turn up the volume and switch silent mode off.',
    go: 'Continue',
    goAudio: 'Continue with sound only',
    goMute: 'Continue without camera and microphone',
    retry: 'Try again',

    failures: {
      camera: {
        denied: 'The camera is blocked',
        missing: 'No camera was found',
        busy: 'Another app is using the camera',
        unplugged: 'The camera was disconnected',
        insecure: 'This page may not use the camera',
        unknown: 'The camera does not start',
      },
      microphone: {
        denied: 'The microphone is blocked',
        missing: 'No microphone was found',
        busy: 'Another app is using the microphone',
        unplugged: 'The microphone was disconnected',
        insecure: 'This page may not use the microphone',
        unknown: 'The microphone does not start',
      },
      advice: {
        missing: 'Connect one, then try again.',
        busy: 'Close other apps with video calls, then try again.',
        unplugged: 'Connect it again, or choose another one.',
        insecure: 'Open the exact link from the message; it starts with https.',
        unknown: 'Close other apps and tabs, then try again. Restarting the phone often helps.',
      },
    },

    denied: {
      ios: 'Tap “AA” or the page menu at the address, then Website Settings, and set Camera and Microphone to Allow. If they are missing: Settings → Apps → Safari → Camera and Microphone.',
      android:
        'Tap the icon left of the address, then Permissions, and allow Camera and Microphone. If it stays blocked: phone Settings → Apps → your browser → Permissions.',
      safari:
        'In the menu bar: Safari → Settings for This Website, and set Camera and Microphone to Allow.',
      firefox:
        'Click the crossed-out camera left of the address and remove the block, then try again.',
      chromium:
        'Click the icon left of the address, switch Camera and Microphone on, then try again.',
    },

    insideApp: {
      title: 'Better in your own browser',
      text: 'Inside another app the camera often does not work. Open the menu ( ··· ) and choose “Open in browser”, or copy the link.',
      wechat: 'Tap ··· in the upper right corner, then “Open in browser”.',
      copy: 'Copy the link',
      copied: 'Copied. Paste it in your browser.',
    },
  },
  zh: {
    title: '摄像头和麦克风',
    why: '为了让技师看到、听到您。进入通话之前，谁也看不到您。',
    allow: '打开摄像头和麦克风',
    opening: '浏览器会询问权限，请允许使用摄像头和麦克风。',
    ownPicture: '您的画面',
    level: '麦克风音量',
    levelHint: '请说句话，音量条应当会动。',
    levelGood: '能听到您的声音。',
    devices: '选择摄像头和麦克风',
    camera: '摄像头',
    microphone: '麦克风',
    switchCamera: '切换摄像头',
    testSound: '播放测试声音',
    playing: '正在播放…',
    soundHint: '听不到？请调大音量，并关闭静音模式。',
    go: '继续',
    goAudio: '只用声音继续',
    goMute: '不用摄像头和麦克风继续',
    retry: '重试',

    failures: {
      camera: {
        denied: '摄像头未获允许',
        missing: '没有找到摄像头',
        busy: '摄像头正被其他应用占用',
        unplugged: '摄像头已断开',
        insecure: '本页不能使用摄像头',
        unknown: '摄像头无法启动',
      },
      microphone: {
        denied: '麦克风未获允许',
        missing: '没有找到麦克风',
        busy: '麦克风正被其他应用占用',
        unplugged: '麦克风已断开',
        insecure: '本页不能使用麦克风',
        unknown: '麦克风无法启动',
      },
      advice: {
        missing: '请连接设备后重试。',
        busy: '请关闭其他正在视频通话的应用，然后重试。',
        unplugged: '请重新连接，或选择其他设备。',
        insecure: '请打开消息里完整的链接（以 https 开头）。',
        unknown: '请关闭其他应用和标签页后重试，重启手机通常有效。',
      },
    },

    denied: {
      ios: '点地址栏的“大小”或页面菜单 → 网站设置，把摄像头和麦克风改为“允许”。若没有该项：设置 → App → Safari → 摄像头、麦克风。',
      android:
        '点地址左侧的图标 → 权限，允许摄像头和麦克风。若仍被禁止：手机设置 → 应用 → 您的浏览器 → 权限。',
      safari: '在菜单栏选择 Safari → 此网站的设置，把摄像头和麦克风改为“允许”。',
      firefox: '点地址左侧划掉的摄像头图标，取消禁止，然后重试。',
      chromium: '点地址左侧的图标，打开摄像头和麦克风，然后重试。',
    },

    insideApp: {
      title: '建议用手机浏览器打开',
      text: '在其他应用里，摄像头常常无法使用。请点菜单（···）选择“在浏览器打开”，或复制链接。',
      wechat: '请点右上角 ···，选择“在浏览器打开”。',
      copy: '复制链接',
      copied: '已复制，请粘贴到浏览器打开。',
    },
  },
});
