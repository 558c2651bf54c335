// One change of an appointment with its words: done, or why not.
import { changeAppointment, type AppointmentChange } from '../../../api/appointments';
import { adviceFor } from '../../../api/problem';
import type { Appointment } from '../../../api/types';
import { toast } from '../../base/toasts.svelte';

export async function act(
  id: string,
  change: AppointmentChange,
  words: string,
): Promise<Appointment | undefined> {
  try {
    const changed = await changeAppointment(id, change);
    toast(words);
    return changed;
  } catch (error) {
    toast(adviceFor(error), 'danger');
    return undefined;
  }
}
