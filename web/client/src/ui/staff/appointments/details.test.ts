import { render } from 'svelte/server';
import { beforeEach, expect, test, vi } from 'vitest';
import type { AppointmentState } from '../../../api/types';
import { useLanguage } from '../../../i18n/language.svelte';
import AppointmentDetails from './AppointmentDetails.svelte';

const found = vi.hoisted(() => ({ state: 'confirmed' }));
vi.mock('../resource.svelte', () => ({
  resource: (_: unknown, kinds: string[] = []) => {
    if (kinds.includes('snapshot.changed')) return { value: [] };
    return kinds.includes('appointment.changed') ? { value: appointment(found.state) } : {};
  },
}));

function appointment(state: string) {
  return {
    id: 'appointment',
    kind: 'video',
    state,
    starts_at: '2026-06-15T12:00:00Z',
    length_minutes: 30,
    service: { name: { zh: '染发', en: 'Colour' } },
    stylist: { name: 'Mei' },
    customer: { id: 'customer', name: 'Lin', phone: '+86 138 0013 8000' },
    pet: null,
    call: null,
    customer_link: null,
    follow_up: null,
    consultation_id: null,
    notes: '',
  };
}

function details(state: AppointmentState): string {
  found.state = state;
  return render(AppointmentDetails, { props: { id: 'appointment' } }).body;
}

beforeEach(() => useLanguage('en'));

test('snapshots are promised only while they may come', () => {
  expect(details('confirmed')).toContain('arrive here at once');
  for (const state of ['done', 'cancelled', 'no_show'] as const) {
    expect(details(state)).toContain('No snapshots of this visit');
    expect(details(state)).not.toContain('arrive here at once');
  }
});
