/** How far this browser's owner is with the first steps, or that they are not wanted. */
import { storedValue } from 'patchbay-platform/ui';

export type FirstSteps = 'open' | 'done' | 'dismissed';

export const firstSteps = storedValue<FirstSteps>(
  'patchbay.firstSteps',
  'open',
  (text): text is FirstSteps => text === 'open' || text === 'done' || text === 'dismissed',
);

/** Whether the domain that is there was found good enough: the server calls that step open until there is one of one's own. */
export const keptDomain = storedValue<'yes' | 'no'>(
  'patchbay.firstSteps.keptDomain',
  'no',
  (text): text is 'yes' | 'no' => text === 'yes' || text === 'no',
);
