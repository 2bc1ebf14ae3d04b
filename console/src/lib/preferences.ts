import { useEffect } from 'preact/hooks';
import { useRedraw } from './use-redraw.js';

/** All that the console keeps in the browser. */
export interface Preferences {
  readonly theme: 'system' | 'light' | 'dark';
  readonly zone: 'utc' | 'local';
  readonly shortcuts: 'on' | 'off';
}

/** The first is the default. */
const CHOICES: {
  readonly [name in keyof Preferences]: readonly [Preferences[name], ...Preferences[name][]];
} = {
  theme: ['system', 'light', 'dark'],
  zone: ['utc', 'local'],
  shortcuts: ['on', 'off'],
};

const listeners = new Set<() => void>();

function stored<N extends keyof Preferences>(name: N): Preferences[N] {
  const choices: readonly [Preferences[N], ...Preferences[N][]] = CHOICES[name];
  const [first] = choices;
  try {
    return choices.find((choice) => choice === localStorage.getItem(`basset-${name}`)) ?? first;
  } catch {
    // A browser that keeps nothing shows the defaults.
    return first;
  }
}

let current: Preferences = {
  theme: stored('theme'),
  zone: stored('zone'),
  shortcuts: stored('shortcuts'),
};

function show({ theme }: Preferences): void {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
}

show(current);

export const preferences = (): Preferences => current;

export function prefer<N extends keyof Preferences>(name: N, value: Preferences[N]): void {
  current = { ...current, [name]: value };
  show(current);
  try {
    localStorage.setItem(`basset-${name}`, value);
  } catch {
    // It holds until the page is left.
  }
  listeners.forEach((listener) => listener());
}

/** What the user prefers; draws anew when that changes. */
export function usePreferences(): Preferences {
  const draw = useRedraw();
  useEffect(() => {
    listeners.add(draw);
    return () => void listeners.delete(draw);
  }, []);
  return current;
}
