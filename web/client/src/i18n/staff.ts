// Words of the staff's screens.
import { catalogue } from './catalogue';
import { staffEn } from './staff.en';
import { staffZh } from './staff.zh';

export const t = catalogue({ en: staffEn, zh: staffZh });
