/** What the factories and handlers of sample see. */
import type { auth, Services } from 'patchbay-platform/plugin';
import type { SampleServices } from './contract.ts';
import type { NoteKeeper } from './notes.ts';

export interface SampleOwn extends SampleServices {
  notes: NoteKeeper;
}

export interface SampleScope extends Services, auth.AuthServices, SampleOwn {}
