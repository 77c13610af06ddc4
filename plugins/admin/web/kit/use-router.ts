/** Going to another page by a program. */
import { useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';

export interface UiRouter {
  /** `/users/7?tab=keys` */
  go(to: string, how?: { replace?: boolean }): void;
}

export function useRouter(): UiRouter {
  const navigate = useNavigate();
  return useMemo(
    () => ({
      go(to, { replace = false } = {}) {
        const { pathname, search, hash } = new URL(to, location.origin);
        const query = Object.fromEntries(new URLSearchParams(search));
        void navigate({ to: pathname, search: query, hash: hash.slice(1), replace } as never);
      },
    }),
    [navigate],
  );
}
