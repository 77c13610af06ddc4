/** Who has signed in, and what they may open: the two answers with which every visit begins. */
import { queryOptions, useSuspenseQuery } from '@tanstack/react-query';
import { api, storeToken } from './api.ts';
import { ApiError } from './api-error.ts';
import { registerSecretFields } from './calls.ts';
import { livePosition } from './live-position.ts';
import type { paths } from './openapi.d.ts';

type Answer<Path extends '/api/platform/me' | '/api/platform/ui'> =
  paths[Path]['get']['responses'][200]['content']['application/json'];
export type Me = Answer<'/api/platform/me'>;
export type Ui = Answer<'/api/platform/ui'>;
export type UiPlugin = Ui['plugins'][number];

/** Without a cookie nobody is signed in, and there is nobody to ask about. */
export const hasCookie = document.querySelector('meta[name=has-cookie]') !== null;

/** Null for a stranger. */
export const meQuery = queryOptions({
  queryKey: ['me'],
  staleTime: Number.POSITIVE_INFINITY,
  async queryFn({ signal }): Promise<Me | null> {
    if (!hasCookie) return null;
    try {
      const { data } = await api.GET('/api/platform/me', { signal });
      storeToken(data?.csrf_token ?? null);
      return data ?? null;
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return null;
      throw error;
    }
  },
});

export const uiQuery = queryOptions({
  queryKey: ['ui'],
  staleTime: Number.POSITIVE_INFINITY,
  async queryFn({ signal }): Promise<Ui> {
    const { data } = await api.GET('/api/platform/ui', { signal });
    if (!data) throw new Error('The server did not say what there is to see');
    livePosition.set(data.live_position);
    registerSecretFields(data.secret_fields);
    return data;
  },
});

/** Who has signed in, if anybody has: for pages that strangers see too. */
export function useVisitor(): Me | null {
  return useSuspenseQuery(meQuery).data;
}

/** Who has signed in; only inside of the shell, where somebody has. */
export function useMe(): Me {
  const { data } = useSuspenseQuery(meQuery);
  if (!data) throw new Error('Nobody has signed in');
  return data;
}

export function useUi(): Ui {
  return useSuspenseQuery(uiQuery).data;
}

/** Whether mail leaves this server: without it no page promises any. */
export function useCanSendMail(): boolean {
  return useUi().can_send_mail;
}

/** Whether the person may open what the navigation calls `plugin.id`; what is not for them is not shown. */
export function useMay(): (entry: string) => boolean {
  const { plugins } = useUi();
  const entries = new Set(plugins.flatMap(({ name, navigation }) => navigation.map(({ id }) => `${name}.${id}`)));
  return (entry) => entries.has(entry);
}
