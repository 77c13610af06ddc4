/** What other plugins may use of sample: its service, its events. It imports nothing from inside. */
import type { Principal } from 'patchbay/plugin';

export interface Note {
  id: number;
  text: string;
}

/** Notes of the caller's tenant; nobody sees those of another one. */
export interface Notes {
  /** Throws `too_long`. */
  add(principal: Principal, text: string): Promise<Note>;
  /** Throws `not_found`. */
  find(principal: Principal, id: number): Promise<Note>;
}

/** What plugins that require this one see among their services. */
export interface SampleServices {
  notes: Notes;
}

declare global {
  namespace Patchbay {
    interface EventCatalogue {
      'sample.added': { id: number };
    }
  }
}
