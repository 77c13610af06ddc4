/**
 * The part of the kit that works in worker threads: it brings no database and no HTTP along, so that a thread which
 * imports it starts in milliseconds. Files that run in threads import this one, all others of a plugin `kit.ts`.
 */

export { sanitizeText } from './database/sanitize-text.ts';
export { createPlaceReader } from './database/segment-place.ts';
export { separated } from './database/words.ts';
export { messageOf } from './errors.ts';
export { isHeld } from './exact-json.ts';
export { lazily } from './loading/lazily.ts';
export { getOwn } from './own-property.ts';
export { startThread } from './threads/thread.ts';
export { createTurns, ThreadLost, type Turns } from './threads/turns.ts';
