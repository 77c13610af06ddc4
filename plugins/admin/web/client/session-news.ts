/** Sessions belong to the browser: what one of its tabs does about signing in or out, all of them hear. */

export type SessionNews = 'signed in' | 'signed out';

const NAME = 'patchbay-session';

/** Somebody has signed in here, or their session has become another one (a new password, a new factor). */
export function announceSignedIn(): void {
  announce('signed in');
}

/** All tabs, this one too, go to the sign-in page. */
export function announceSignedOut(): void {
  announce('signed out');
}

/** Gives what stops listening. */
export function onSessionNews(listener: (news: SessionNews) => void): () => void {
  const channel = new BroadcastChannel(NAME);
  channel.onmessage = ({ data }: MessageEvent<SessionNews>) => listener(data);
  return () => channel.close();
}

function announce(news: SessionNews): void {
  const channel = new BroadcastChannel(NAME);
  channel.postMessage(news);
  channel.close();
}
