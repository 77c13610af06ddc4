/** What was read from the text, for what is drawn. */
import { startTransition, useEffect, useState } from 'react';
import type { Reading, Session } from './session.ts';

/**
 * What people do in the graph and in forms is seen at once. What was read a moment after they wrote in the text is drawn
 * between their letters, and left unfinished for the next one.
 */
export function useReading({ reading }: Session): Reading {
  const [shown, show] = useState(reading.get());
  useEffect(() => {
    const look = () => {
      const next = reading.get();
      if (next.isLate) startTransition(() => show(next));
      else show(next);
    };
    look();
    return reading.subscribe(look);
  }, [reading]);
  return shown;
}
