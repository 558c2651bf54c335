// The API's shapes by the names that the screens use; all come from its description.
import type { components } from './schema';

type Schemas = components['schemas'];

/** `null` is said where the description says that a field may be missing. */
type Said<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: Exclude<T[P], undefined> | null };

export type Page<T> = { items: T[]; next_cursor: string | null };

export type StaffMember = Schemas['Staff'];
export const roles = ['owner', 'front_desk', 'stylist'] as const;
export type Role = Schemas['Role'];
export type NewStaff = Schemas['NewStaff'];
export type StaffChange = Schemas['StaffChange'];
/** Until the owner has chosen a `time_zone`, the device's is used. */
export type Shop = Said<Schemas['Shop'], 'time_zone'>;
export type ShopChange = Schemas['ShopChange'];
export type DayHours = Schemas['DayHours'];
export const weekdays = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const;
export type Weekday = Schemas['Weekday'];
export type Session = { staff: StaffMember; shop: Shop };

export type Link = Omit<Schemas['Link'], 'shop' | 'consent'> & {
  shop: Said<Schemas['LinkShop'], 'time_zone'>;
  consent: Said<Schemas['LinkConsent'], 'granted'>;
};
export type LinkState = Schemas['LinkState'];

export type Kind = Schemas['AppointmentKind'];
export type Service = Schemas['Service'];
export type NewService = Schemas['NewService'];
export type ServiceChange = Schemas['ServiceChange'];

export const species = ['dog', 'cat', 'rabbit', 'bird', 'other'] as const;
export type Species = Schemas['Species'];
export type Pet = Said<Schemas['Pet'], 'born_on'>;
export type CustomerLanguage = Schemas['Language'];
export type Customer = Omit<Schemas['Customer'], 'pets'> & { pets: Pet[] };

export type AppointmentState = Schemas['AppointmentState'];
export type Appointment = Said<
  Schemas['Appointment'],
  'pet' | 'consultation_id' | 'follow_up' | 'customer_link' | 'call'
>;

export type Waiting = Schemas['Waiting'];
export type GuestLink = Said<Schemas['GuestLink'], 'revoked_at'>;

export type ReviewState = Schemas['ReviewState'];
export type Snapshot = Omit<Said<Schemas['Snapshot'], 'pet_id' | 'picture'>, 'review'> & {
  review: Said<Schemas['SnapshotReview'], 'by' | 'at'>;
};
export type Review = Omit<Schemas['Review'], 'appointment' | 'snapshots'> & {
  appointment: Appointment;
  snapshots: Snapshot[];
};

export type QualityLevel = Schemas['QualityLevel'];
export type QualityFigures = Schemas['QualityFigures'];
export type QualityPiece = Schemas['QualityPiece'];
export type PersonQuality = Schemas['PersonQuality'];
export type CallQuality = Said<Schemas['CallQuality'], 'starts_at' | 'ends_at'>;
