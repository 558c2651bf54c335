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
  #tried = $state(false);
  #notBefore = $state(0);
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

  /** What is missing or wrong; said only once somebody tried to book, then as it is mended. */
  errors = $derived.by(() => (this.#tried ? this.#wrong() : {}));

  /** `notBefore`: when what comes before it ends. */
  check(notBefore = 0): boolean {
    this.#tried = true;
    this.#notBefore = notBefore;
    return Object.keys(this.errors).length === 0;
  }

  #wrong(): Errors {
    return {
      ...(this.service ? {} : { service: t.appointment.needService }),
      ...(this.stylist ? {} : { stylist: t.appointment.needStylist }),
      ...this.#wrongTime(),
    };
  }

  #wrongTime(): Errors {
    if (!this.day || !this.time) return { time: t.appointment.needTime };
    if (this.start < Date.now()) return { time: t.appointment.past };
    return this.start < this.#notBefore ? { time: t.appointment.tooSoon } : {};
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
