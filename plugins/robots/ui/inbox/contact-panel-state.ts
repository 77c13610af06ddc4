/** Whether the contact stands beside the conversation, as this person likes it; where there is no room it opens over the page. */
import { useMediaQuery } from '@mantine/hooks';
import { storedValue, useStore } from 'patchbay-platform/ui';
import { useState } from 'react';

/** As in the looks of panes: below it there are two of them. */
const WIDE = '(min-width: 75em)';

const wished = storedValue<'shown' | 'hidden'>(
  'patchbay.inboxContact',
  'shown',
  (text): text is 'shown' | 'hidden' => text === 'shown' || text === 'hidden',
);

export interface ContactPanelState {
  /** Beside the conversation. */
  isBeside: boolean;
  /** Over the page. */
  isOver: boolean;
  toggle(): void;
  close(): void;
}

export function useContactPanel(): ContactPanelState {
  const isWide = useMediaQuery(WIDE, undefined, { getInitialValueInEffect: false }) ?? true;
  const wish = useStore(wished);
  const [isOver, setOver] = useState(false);
  const isBeside = isWide && wish === 'shown';
  return {
    isBeside,
    isOver: isOver && !isWide,
    toggle: () => (isWide ? wished.set(wish === 'shown' ? 'hidden' : 'shown') : setOver(!isOver)),
    close: () => (isWide ? wished.set('hidden') : setOver(false)),
  };
}
