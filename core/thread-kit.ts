/**
 * The part of the kit that works in worker threads: it brings no database and no HTTP along, so that a thread which
 * imports it starts in milliseconds. Files that run in threads import this one, all others of a plugin `kit.ts`.
 */
export { createPlaceReader } from './database/segment-place.ts';
export { storable } from './database/storable.ts';
export { separated } from './database/words.ts';
export { messageOf } from './errors.ts';
export { isHeld } from './exact-json.ts';
export { lazily } from './loading/lazily.ts';
export { lookUp } from './look-up.ts';
export { startThread } from './threads/thread.ts';
export { createTurns, ThreadLost, type Turns } from './threads/turns.ts';
