// What the shop offers.
import { get, patch, post } from './http';
import type { NewService, Page, Service, ServiceChange } from './types';

/** Those that can be booked. */
export const listServices = async (signal?: AbortSignal) =>
  (await get<Page<Service>>('/services', { query: { limit: 200 }, signal })).items;

/** Also those that are not offered any more. */
export const listAllServices = async (signal?: AbortSignal) =>
  (await get<Page<Service>>('/services', { query: { limit: 200, retired: true }, signal })).items;

export const createService = (service: NewService) => post<Service>('/services', service);

export const changeService = (id: string, change: ServiceChange) =>
  patch<Service>(`/services/${id}`, change);
