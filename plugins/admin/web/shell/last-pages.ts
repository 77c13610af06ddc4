/** The page of each area that was open last: who comes back to an area goes on where they were. */

import { useRouterState } from '@tanstack/react-router';
import { useEffect } from 'react';
import { store } from '../client/store.ts';
import type { MenuArea, Place } from './menu.ts';
import { startOf } from './menu.ts';

// Of this tab until it is loaded anew: what was open is nobody else's business.
const last = store<Readonly<Record<string, string>>>({});

export function useLastPages(place: Place | null): void {
  const href = useRouterState({ select: ({ location }) => location.href });
  const area = place?.area.id;
  useEffect(() => {
    if (area !== undefined) last.set({ ...last.get(), [area]: href });
  }, [area, href]);
}

/** Where the menu leads: from within the area to its beginning. */
export function wayTo(area: MenuArea, place: Place | null): string {
  return place?.area.id === area.id ? startOf(area) : (last.get()[area.id] ?? startOf(area));
}
