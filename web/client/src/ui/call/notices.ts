// What is to be said of oneself in a call: what a host did, in words that say how to go on; and that
// others see still pictures of one.
import type { CallModel } from '../../call/model';
import type { OwnStills } from '../../call/stills/stills';
import { g } from './group.texts';
import { s } from './stills.texts';

export function silencedNotice({ silenced, people }: CallModel): string | null {
  if (!silenced) return null;
  return g.silenced[silenced.kind](people.get(silenced.by)?.name ?? g.somebody);
}

export function stillsNotice({ weak, by }: OwnStills, { people }: CallModel): string | null {
  if (by.length === 0) return null;
  if (weak) return s.ownWeak;
  return by.length === 1 ? s.seenBy(people.get(by[0]!)?.name ?? s.someone) : s.seenByAll(by.length);
}
