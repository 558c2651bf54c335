// Sound that a browser lets be heard only once somebody has pressed something on the page.

/** A mouse's press is told by the first; a finger's may count with the second only, and a key's has no other. */
const PRESSES = ['pointerdown', 'click'] as const;

type Player = Pick<HTMLMediaElement, 'paused' | 'play'>;

/** Plays now, or with the next press that the browser lets count. Returns how to stop trying. */
export function playWhenAllowed(
  player: Player,
  page: EventTarget,
  tell: (blocked: boolean) => void,
): () => void {
  let isOver = false;
  const play = () =>
    player.play().then(
      () => isOver || tell(false),
      (error: Error) => isOver || error.name !== 'NotAllowedError' || tell(true),
    );
  const again = () => player.paused && void play();
  void play();
  for (const press of PRESSES) page.addEventListener(press, again);
  return () => {
    isOver = true;
    for (const press of PRESSES) page.removeEventListener(press, again);
  };
}
