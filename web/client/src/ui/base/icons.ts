// Line icons on a 24 × 24 grid, one path each, so that a page carries only
// those that it shows.
export const calendar =
  'M7 3v3M17 3v3M4 9.5h16M5.5 5h13A1.5 1.5 0 0 1 20 6.5v12a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 18.5v-12A1.5 1.5 0 0 1 5.5 5Z';
export const people =
  'M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM2.5 19.5c.6-3.2 3.2-5 6.5-5s5.9 1.8 6.5 5M16 5a3.3 3.3 0 0 1 0 6.3M17.5 14.8c2.2.6 3.6 2.2 4 4.7';
export const person =
  'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20.5c.7-3.7 3.7-5.5 7.5-5.5s6.8 1.8 7.5 5.5';
export const pictures =
  'M5.5 4h13A1.5 1.5 0 0 1 20 5.5v13a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 18.5v-13A1.5 1.5 0 0 1 5.5 4ZM4 16l4.5-4.5 4 4L15 13l5 5M15.5 9a1 1 0 1 0 0-2 1 1 0 0 0 0 2Z';
export const plus = 'M12 5v14M5 12h14';
export const minus = 'M5 12h14';
export const check = 'm5 12.5 4.5 4.5L19 7.5';
export const cross = 'm6 6 12 12M18 6 6 18';
export const left = 'm14.5 5.5-6.5 6.5 6.5 6.5';
export const right = 'm9.5 5.5 6.5 6.5-6.5 6.5';
export const down = 'm5.5 9.5 6.5 6.5 6.5-6.5';
export const search = 'M10.5 17.5a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM20.5 20.5l-5-5';
export const video =
  'M4.5 6h9A1.5 1.5 0 0 1 15 7.5v9a1.5 1.5 0 0 1-1.5 1.5h-9A1.5 1.5 0 0 1 3 16.5v-9A1.5 1.5 0 0 1 4.5 6ZM15 10.5l6-3v9l-6-3';
export const shop =
  'M4 10v9.5h16V10M3 10l2-5.5h14L21 10a3 3 0 0 1-6 0 3 3 0 0 1-6 0 3 3 0 0 1-6 0ZM9.5 19.5v-5h5v5';
export const copy =
  'M9.5 8h9A1.5 1.5 0 0 1 20 9.5v9a1.5 1.5 0 0 1-1.5 1.5h-9A1.5 1.5 0 0 1 8 18.5v-9A1.5 1.5 0 0 1 9.5 8ZM16 8V5.5A1.5 1.5 0 0 0 14.5 4h-9A1.5 1.5 0 0 0 4 5.5v9A1.5 1.5 0 0 0 5.5 16H8';
export const share = 'M12 14.5V3.5M8 7l4-4 4 4M6.5 11H5v9.5h14V11h-1.5';
export const clock = 'M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17ZM12 7.5V12l3 2';
export const more =
  'M5 13a1 1 0 1 0 0-2 1 1 0 0 0 0 2ZM12 13a1 1 0 1 0 0-2 1 1 0 0 0 0 2ZM19 13a1 1 0 1 0 0-2 1 1 0 0 0 0 2Z';
export const pencil = 'm4 20 1-4.5L16 4.5l3.5 3.5L8.5 19 4 20ZM13.5 7l3.5 3.5';
export const warning = 'M12 4 2.8 19.5h18.4L12 4ZM12 10v4.5M12 17.2v.01';
export const info = 'M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17ZM12 11v5M12 8v.01';
export const link =
  'M10 14a4 4 0 0 0 5.7 0l3.1-3.1a4 4 0 0 0-5.7-5.7L12 6.3M14 10a4 4 0 0 0-5.7 0l-3.1 3.1a4 4 0 0 0 5.7 5.7l1.1-1.1';
export const phone =
  'M8.5 4H5.5A1.5 1.5 0 0 0 4 5.6 15.5 15.5 0 0 0 18.4 20a1.5 1.5 0 0 0 1.6-1.5v-3l-4-1.5-1.8 2a12 12 0 0 1-6.2-6.2l2-1.8L8.5 4Z';
export const paw =
  'M12 12.5c-2.5 0-5 2.6-5 4.9 0 1.4 1 2.1 2.2 2.1 1 0 1.8-.5 2.8-.5s1.8.5 2.8.5c1.2 0 2.2-.7 2.2-2.1 0-2.3-2.5-4.9-5-4.9ZM5.5 12.5a1.5 2 0 1 0 0-4 1.5 2 0 0 0 0 4ZM9.5 9a1.5 2 0 1 0 0-4 1.5 2 0 0 0 0 4ZM14.5 9a1.5 2 0 1 0 0-4 1.5 2 0 0 0 0 4ZM18.5 12.5a1.5 2 0 1 0 0-4 1.5 2 0 0 0 0 4Z';
export const out =
  'M10 4H5.5A1.5 1.5 0 0 0 4 5.5v13A1.5 1.5 0 0 0 5.5 20H10M15 8l4 4-4 4M19 12H9.5';
export const sliders =
  'M4 7h9M17 7h3M4 17h3M11 17h9M15 9a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM9 19a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z';
export const note =
  'M5.5 4h13A1.5 1.5 0 0 1 20 5.5v9L14.5 20h-9A1.5 1.5 0 0 1 4 18.5v-13A1.5 1.5 0 0 1 5.5 4ZM14.5 20v-5.5H20M8 9h8M8 13h4';
export const undo = 'M8.5 5 4 9.5 8.5 14M4 9.5h10a5.5 5.5 0 0 1 0 11h-3';
