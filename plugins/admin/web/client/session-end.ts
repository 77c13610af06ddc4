/** A session that has ended while its page was open: the page stays, and asks to sign in again in place. */
import { store } from './store.ts';

export const isSessionOver = store(false);

export function sessionEnded(): void {
  isSessionOver.set(true);
}

export function sessionGoesOn(): void {
  isSessionOver.set(false);
}
