// The shop itself.
import { patch } from './http';
import type { Shop, ShopChange } from './types';

export const changeShop = (change: ShopChange) => patch<Shop>('/shop', change);
