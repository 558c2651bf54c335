// What is being booked: one appointment, and maybe a service in the shop after
// a video consultation. The two are created one after the other; when the
// second is refused, only it has to be mended.
import { createAppointment } from '../../../api/appointments';
import { newKey } from '../../../api/http';
import { Problem } from '../../../api/problem';
import type { Appointment, Customer, Kind, Service } from '../../../api/types';
import { instantOf } from '../../../i18n/shop-time';
import { t } from '../../../i18n/staff';

export type Errors = { service?: string; stylist?: string; time?: string };

/** The part that a consultation and its follow-up have in common. */
export class Plan {
  kind = $state<Kind>('video');
  service = $state('');
  stylist = $state('');
  day = $state('');
  time = $state('');
  /** The time that the server said is taken. */
  refused = $state<string>();
  errors = $state.raw<Errors>({});
  #key = newKey();

  constructor(kind: Kind, day: string) {
    this.kind = kind;
    this.day = day;
  }

  get start(): number {
    return instantOf(this.day, this.time).getTime();
  }

  minutes(services: Service[]): number {
    return services.find(({ id }) => id === this.service)?.length_minutes ?? 30;
  }

  /** `after`: when what comes before it ends. */
  check(after = 0): boolean {
    const errors: Errors = {};
    if (!this.service) errors.service = t.appointment.needService;
    if (!this.stylist) errors.stylist = t.appointment.needStylist;
    if (!this.day || !this.time) errors.time = t.appointment.needTime;
    else if (this.start < Date.now()) errors.time = t.appointment.past;
    else if (this.start < after) errors.time = t.appointment.tooSoon;
    this.errors = errors;
    return Object.keys(errors).length === 0;
  }

  /** Repeating it after a lost answer creates nothing twice; after a refusal it is a new wish. */
  async create(rest: {
    customer: Customer;
    pet: string;
    notes?: string;
    consultation?: string;
  }): Promise<Appointment> {
    this.refused = undefined;
    try {
      const wish = {
        service_id: this.service,
        stylist_id: this.stylist,
        customer_id: rest.customer.id,
        pet_id: rest.pet || undefined,
        starts_at: instantOf(this.day, this.time).toISOString(),
        kind: this.kind,
        consultation_id: rest.consultation,
        notes: rest.notes?.trim() || undefined,
      };
      return await createAppointment(wish, this.#key);
    } catch (error) {
      if (error instanceof Problem && error.status >= 400) this.#key = newKey();
      if (error instanceof Problem && error.code === 'slot_taken') this.refused = this.time;
      throw error;
    }
  }
}
