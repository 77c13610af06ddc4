/** Everything that is around all pages: looks, language, data, and the router. */
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { lazy, Suspense, use, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../client/api-error.ts';
import { language } from '../client/language.ts';
import { meQuery, uiQuery } from '../client/me.ts';
import { isServerGone } from '../client/server-reach.ts';
import { useStore } from '../client/store.ts';
import { hasSpoken } from '../kit/has-spoken.ts';
import { styleNonce } from '../kit/style-nonce.ts';
import { loadPages } from './registry.ts';
import { createPagesRouter } from './router.tsx';
import { cssVariables, themeIn } from './theme.ts';

// Where messages stand; what was said before it has come is shown then. Should it not come, the pages are there all the same.
const Messages = lazy(() => import('./messages.tsx').catch(() => ({ default: () => <></> })));

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      refetchOnWindowFocus: true,
      // What the server has refused it will refuse again.
      retry: (count, error) => !(error instanceof ApiError && error.status < 500) && !isServerGone.get() && count < 2,
    },
  },
});

// Some of what the server says is in the language of who reads it.
language.subscribe(() => void queries.invalidateQueries());

async function begin() {
  const [, ui] = await Promise.all([queries.fetchQuery(meQuery), queries.fetchQuery(uiQuery)]);
  const router = createPagesRouter(await loadPages(ui), queries);
  isServerGone.subscribe(() => {
    if (isServerGone.get()) return;
    void queries.invalidateQueries();
    void router.invalidate();
  });
  return router;
}

const beginning = begin();

export function App() {
  const { t } = useTranslation();
  const theme = useMemo(() => themeIn(t), [t]);
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      getStyleNonce={() => styleNonce}
    >
      {useStore(hasSpoken) && (
        <Suspense>
          <Messages />
        </Suspense>
      )}
      <QueryClientProvider client={queries}>
        <Pages />
      </QueryClientProvider>
    </MantineProvider>
  );
}

function Pages() {
  return <RouterProvider router={use(beginning)} />;
}
