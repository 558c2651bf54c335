// What a host did to oneself, in words that say how to go on.
import type { CallModel } from '../../call/model';
import { g } from './group.texts';

export function silencedNotice({ silenced, people }: CallModel): string | null {
  if (!silenced) return null;
  return g.silenced[silenced.kind](people.get(silenced.by)?.name ?? g.somebody);
}
