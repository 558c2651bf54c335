// The shapes that the staff's screens work with.
export type BothLanguages = { zh: string; en: string };
export type Page<T> = { items: T[]; next_cursor: string | null };

export type Role = 'owner' | 'front_desk' | 'stylist';
export type StaffMember = { id: string; name: string; email: string; role: Role; language: string };
export type Shop = { name: string; phone?: string | null; time_zone?: string | null };
export type Session = { staff: StaffMember; shop: Shop };

export type Kind = 'video' | 'in_shop';
export type Service = {
  id: string;
  name: BothLanguages;
  length_minutes: number;
  kind: Kind;
};

export type CustomerLanguage = 'zh' | 'en';
export const species = ['dog', 'cat', 'rabbit', 'bird', 'other'] as const;
export type Species = (typeof species)[number];
export type Pet = {
  id: string;
  name: string;
  species: Species;
  breed: string;
  born_on: string | null;
};
export type Customer = {
  id: string;
  name: string;
  phone: string;
  language: CustomerLanguage;
  notes: string;
  pets: Pet[];
};

export type AppointmentState =
  | 'pending'
  | 'confirmed'
  | 'checked_in'
  | 'waiting'
  | 'in_service'
  | 'done'
  | 'cancelled'
  | 'no_show';
export type CallState = 'scheduled' | 'open' | 'live' | 'ended';
export type Waiting = { name: string; since: string };
export type Call = {
  state: CallState;
  opens_at: string;
  closes_at: string;
  waiting: Waiting[];
};
export type Appointment = {
  id: string;
  kind: Kind;
  state: AppointmentState;
  service: { id: string; name: BothLanguages };
  stylist: { id: string; name: string };
  customer: { id: string; name: string; phone: string; language: CustomerLanguage };
  pet: Pet | null;
  starts_at: string;
  ends_at: string;
  length_minutes: number;
  notes: string;
  consultation_id: string | null;
  follow_up: { id: string; starts_at: string; service: { id: string; name: BothLanguages } } | null;
  customer_link: string | null;
  call: Call | null;
  snapshots: { new: number; reviewed: number };
};

export type ReviewState = 'new' | 'reviewed';
export type PictureSource = 'camera' | 'received' | 'key_frame';
export type Picture = {
  source: PictureSource;
  width: number;
  height: number;
  bytes: number;
  content_type: string;
  urls: { small: string; large: string; full: string };
};
export type Snapshot = {
  id: string;
  appointment_id: string;
  customer_id: string;
  pet_id: string | null;
  taken_at: string;
  call_time_ms: number | null;
  taken_by: { id: string; name: string } | null;
  state: 'arriving' | 'stored';
  review: {
    state: ReviewState;
    by: { id: string; name: string } | null;
    at: string | null;
  };
  picture: Picture | null;
  best_expected: boolean;
  note: string;
};
export type Review = {
  appointment: Appointment;
  due_at: string;
  overdue: boolean;
  state: ReviewState;
  snapshots: Snapshot[];
};
