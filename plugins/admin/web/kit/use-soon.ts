/** What is asked for several times within a moment is done once, at its end; not at all when the page is gone by then. */
import { useCallback, useEffect, useRef } from 'react';

const CALM_MS = 500;

export function useSoon(work: () => unknown): () => void {
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  useEffect(() => () => clearTimeout(timer.current ?? undefined), []);
  return useCallback(() => {
    timer.current ??= setTimeout(() => {
      timer.current = null;
      work();
    }, CALM_MS);
  }, [work]);
}
