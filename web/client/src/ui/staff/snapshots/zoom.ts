// The arithmetic of looking closely: a picture that fits its frame at scale 1,
// enlarged and moved. Coordinates are CSS pixels from the frame's centre.
export type View = { scale: number; x: number; y: number };
export type Point = { x: number; y: number };
export type Size = { width: number; height: number };

export const fitted: View = { scale: 1, x: 0, y: 0 };
export const closest = 8;

/** Enlarges by `factor` so that what lies under `at` stays there. */
export function zoom(view: View, factor: number, at: Point, picture: Size, frame: Size): View {
  const scale = clamp(view.scale * factor, 1, closest);
  const by = scale / view.scale;
  const moved = { scale, x: at.x - (at.x - view.x) * by, y: at.y - (at.y - view.y) * by };
  return within(moved, picture, frame);
}

export function pan(view: View, by: Point, picture: Size, frame: Size): View {
  return within({ ...view, x: view.x + by.x, y: view.y + by.y }, picture, frame);
}

/** No farther than the picture's edge at the frame's edge. */
function within(view: View, picture: Size, frame: Size): View {
  const shown = contained(picture, frame);
  const room = {
    x: Math.max(0, (shown.width * view.scale - frame.width) / 2),
    y: Math.max(0, (shown.height * view.scale - frame.height) / 2),
  };
  return {
    scale: view.scale,
    x: clamp(view.x, -room.x, room.x),
    y: clamp(view.y, -room.y, room.y),
  };
}

/** The picture's size when it fits the frame. */
export function contained(picture: Size, frame: Size): Size {
  const scale = Math.min(frame.width / picture.width, frame.height / picture.height);
  return { width: picture.width * scale, height: picture.height * scale };
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
