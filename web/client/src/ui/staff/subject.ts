// Who an appointment is about: the customer, or their pet.
import type { Appointment } from '../../api/types';

/** "Mochi · Lin Yue" for a pet, else the customer's name. */
export function subjectOf({ customer, pet }: Pick<Appointment, 'customer' | 'pet'>): string {
  return pet ? `${pet.name} · ${customer.name}` : customer.name;
}
