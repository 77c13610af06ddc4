/** Whether this browser's owner has done the first steps, or does not want them. */
import { storedValue } from 'patchbay-platform/ui';

export type FirstSteps = 'open' | 'done' | 'dismissed';

export const firstSteps = storedValue<FirstSteps>(
  'patchbay.firstSteps',
  'open',
  (text): text is FirstSteps => text === 'open' || text === 'done' || text === 'dismissed',
);
