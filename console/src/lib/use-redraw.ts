import { useReducer } from 'preact/hooks';

/** Draws a component anew, whose state is not its own. */
export function useRedraw(): () => void {
  const [, draw] = useReducer<number, undefined>((count) => count + 1, 0);
  return () => draw(undefined);
}
