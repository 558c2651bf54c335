// Customers and their pets.
import { get, patch, post } from './http';
import type { Customer, Page, Pet } from './types';

export type NewCustomer = Pick<Customer, 'name' | 'phone' | 'language' | 'notes'>;
export type NewPet = Omit<Pet, 'id'>;

export const listCustomers = (q: string, cursor?: string | null, signal?: AbortSignal) =>
  get<Page<Customer>>('/customers', { query: { q: q || undefined, cursor, limit: 30 }, signal });

export const findCustomer = (id: string, signal?: AbortSignal) =>
  get<Customer>(`/customers/${id}`, { signal });

export const createCustomer = (customer: NewCustomer) => post<Customer>('/customers', customer);

export const changeCustomer = (id: string, change: Partial<NewCustomer>) =>
  patch<Customer>(`/customers/${id}`, change);

export const changePet = (id: string, change: Partial<NewPet>) => patch<Pet>(`/pets/${id}`, change);

export const createPet = (customer: string, pet: NewPet) =>
  post<Pet>(`/customers/${customer}/pets`, pet);
