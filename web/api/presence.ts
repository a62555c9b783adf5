// Whether somebody is at the keyboard. Lists ask again by themselves, and that alone must not keep a session from ending
// that nobody uses any more.

/** Reading takes a moment, so a person without a touch of the keyboard is there for this long. */
const restMs = 2 * 60_000;

let lastInputAt = Date.now();

/** Begins to watch for input of the person. */
export function watchPresence(): void {
  const note = () => {
    lastInputAt = Date.now();
  };
  for (const name of ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart']) {
    window.addEventListener(name, note, { capture: true, passive: true });
  }
}

export function isNobodyThere(): boolean {
  return Date.now() - lastInputAt > restMs;
}
