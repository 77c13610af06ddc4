/** What the factories and handlers of sample see. */
import type { auth, Services } from 'patchbay/plugin';
import type { SampleServices } from './contract.ts';

export interface SampleScope extends Services, auth.AuthServices, SampleServices {}

export interface NoteRow {
  id: number;
  tenant_id: string;
  text: string;
}

declare global {
  namespace Patchbay {
    interface Tables {
      sample_notes: NoteRow;
    }
  }
}
