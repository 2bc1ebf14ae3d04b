import { useEffect } from 'preact/hooks';

/** A screen reader is not interrupted more often than this, ms. */
const REST_MS = 5_000;

/**
 * The one live region of the console, as long as the page is open. It belongs to no part of the page: while a dialog is
 * open it stands in that, because all that is outside of a dialog is hidden from everybody.
 */
class Announcer {
  private readonly region = document.createElement('div');
  /** What waits to be said, by what it is about: only the newest of each counts. */
  private readonly waiting = new Map<string, string>();
  private timer: number | undefined;
  private last = 0;

  constructor() {
    this.region.className = 'unseen';
    this.region.setAttribute('aria-live', 'polite');
    document.body.append(this.region);
  }

  say(text: string, about: string): void {
    this.waiting.set(about, text);
    this.timer ??= window.setTimeout(() => this.speak(), Math.max(0, this.last + REST_MS - Date.now()));
  }

  standIn(place: HTMLElement): void {
    place.append(this.region);
  }

  private speak(): void {
    this.timer = undefined;
    this.last = Date.now();
    // New elements, because the same text is news again.
    this.region.replaceChildren(
      ...[...this.waiting.values()].map((text) => {
        const sentence = document.createElement('p');
        sentence.textContent = text;
        return sentence;
      }),
    );
    this.waiting.clear();
  }
}

let only: Announcer | undefined;
const announcer = (): Announcer => (only ??= new Announcer());

/** Puts the live region where it can be heard: into a dialog, and back. */
export const hearIn = (place: HTMLElement): void => announcer().standIn(place);

/**
 * Tells those who do not see the page what just happened.
 *
 * @param about what replaces it while it waits to be said. @default itself
 */
export const announce = (text: string, about = text): void => announcer().say(text, about);

/**
 * Tells them what appears on the page; undefined = nothing.
 *
 * @param of what it tells of: another one is told of again, also with the same words. @default the text
 */
export function useAnnounced(text: string | undefined, of: unknown = text): void {
  useEffect(() => {
    if (text !== undefined) announce(text);
  }, [of]);
}
