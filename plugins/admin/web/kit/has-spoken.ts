/** Whether anything was said on this visit: the place where messages stand is loaded then. */
import { store } from '../client/store.ts';

export const hasSpoken = store(false);
