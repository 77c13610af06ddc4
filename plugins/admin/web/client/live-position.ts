/**
 * The place among the live events at which this visit began. Pages ask for their data first and listen a moment later: the
 * first stream goes on from here, so that nothing that happens in between is missed.
 */
import { store } from './store.ts';

export const livePosition = store<string | null>(null);
