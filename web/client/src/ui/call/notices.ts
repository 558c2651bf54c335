// What is to be said of oneself in a call: what a host did, in words that say how to go on; and that
// others see still pictures of one, or the device does not keep up.
import type { CallModel } from '../../call/model';
import type { Relief } from '../../call/processor/relief';
import type { OwnStills } from '../../call/stills/stills';
import { g } from './group.texts';
import { s } from './stills.texts';

export function silencedNotice({ silenced, people }: CallModel): string | null {
  if (!silenced) return null;
  return g.silenced[silenced.kind](people.get(silenced.by)?.name ?? g.somebody);
}

/** Of those who are there to see them: who is away sees nothing. */
export function stillsNotice({ weak, by }: OwnStills, { people }: CallModel): string | null {
  const viewers = by.filter((id) => people.get(id)?.presence !== 'reconnecting');
  if (viewers.length === 0) return null;
  if (weak) return s.ownWeak;
  if (viewers.length > 1) return s.seenByAll(viewers.length);
  return s.seenBy(people.get(viewers[0]!)?.name ?? s.someone);
}

/** Of a device that is short of processor though it does without all that it can. */
export function processorNotice(relief: Relief): string | null {
  return relief === 2 ? s.deviceBusy : null;
}
