/** The events of core itself, declared as plugins declare theirs. */
import Type, { type Static } from 'typebox';
import type { Principal } from '../access/principal.ts';
import { isAppError } from '../errors.ts';
import { definePlugin } from '../plugin.ts';
import type { Services } from '../services.ts';
import { OperationView } from './operation-row.ts';

const OperationChanged = Type.Omit(OperationView, ['result']);

declare global {
  namespace Patchbay {
    interface EventCatalogue {
      /** Long work has begun, gone on or ended; `subject` is its id. */
      'operation.changed': Static<typeof OperationChanged>;
    }
  }
}

export const coreEvents = definePlugin({
  name: 'core',
  summary: 'What the platform itself tells of',
  events: { 'operation.changed': OperationChanged },
  hookPoints: {
    'settings.saving': 'While settings of the server are saved, in their transaction',
    'installation.restoring': 'Before a backup is restored from the page into an installation in which nobody is yet',
  },
  eventAccess: {
    'operation.changed': {
      isFor: ({ data }, principal, services) => maySee(data.id, principal, services),
      mayFollow: maySee,
    },
  },
});

async function maySee(id: string, principal: Principal, { operations }: Services): Promise<boolean> {
  try {
    await operations.find(principal, id);
    return true;
  } catch (error) {
    if (isAppError(error)) return false;
    throw error;
  }
}
