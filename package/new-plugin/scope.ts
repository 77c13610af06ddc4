/** What the factories and handlers of sample see. */
import type { Services } from 'patchbay/plugin';
import type { Notes } from './contract.ts';

export interface SampleScope extends Services {
  sampleNotes: Notes;
}

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
