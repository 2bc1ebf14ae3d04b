const CHANNEL = 'basset-session';

/** Tells the other tabs of this browser that somebody has signed out. */
export function tellOthersOfLeaving(): void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage('left');
  channel.close();
}

/** Calls `listener` when somebody signs out in another tab. @returns ends that */
export function onOthersLeaving(listener: () => void): () => void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = listener;
  return () => channel.close();
}
