/**
 * All addresses: pages of the shell for who has signed in, and public ones for mailed links and signing in. The patterns come
 * from the registrations of plugins; each page is loaded when it is first opened, or pointed at.
 */
import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  type ErrorComponentProps,
  lazyRouteComponent,
  notFound,
  Outlet,
  redirect,
  useRouter,
} from '@tanstack/react-router';
import { lazy, Suspense, useEffect } from 'react';
import { clearCalls } from '../client/calls.ts';
import { hasCookie, meQuery, uiQuery } from '../client/me.ts';
import { answers, isUnanswered } from '../client/server-reach.ts';
import { loadShell } from '../i18n/i18n.ts';
import { arrival } from '../kit/arrival.ts';
import type { PageRoute, Pages } from '../kit/define-pages.ts';
import { loadWithTexts } from '../kit/load-with-texts.ts';
import { Failure } from '../kit/states.tsx';
import { parseQuery, queryText } from '../kit/url-state.ts';
import { Waiting } from '../kit/waiting.tsx';
import PublicLayout from './public-layout.tsx';
import type { LoadedPages } from './registry.ts';

const PageFailure = lazy(() => import('./page-failure.tsx'));

const PENDING_MS = 150;

export function createPagesRouter(loaded: LoadedPages, queries: QueryClient) {
  const NotFound = lazyRouteComponent(() => import('./not-found.tsx'));
  const root = createRootRouteWithContext<{ queries: QueryClient }>()({
    component: Outlet,
    notFoundComponent: NotFound,
  });
  const shell = createRoute({
    getParentRoute: () => root,
    id: 'shell',
    async beforeLoad({ location, matches }) {
      const isNowhere = matches.some(({ routeId }) => routeId === nowhere.id);
      const moved = isNowhere ? (await import('./moved.ts')).movedTo(location.pathname, loaded.pages) : null;
      if (moved !== null) throw elsewhere(moved, location);
      const me = await queries.ensureQueryData(meQuery);
      if (me) {
        const { startOfArea } = await import('./menu.ts');
        const start = startOfArea(location.pathname, await queries.ensureQueryData(uiQuery));
        if (start !== null) throw elsewhere(start, location);
        return;
      }
      // A stranger is told that there is no such page, and asked for nothing.
      if (isNowhere) throw notFound();
      throw redirect({ to: SIGN_IN, search: { to: location.href } } as never);
    },
    component: lazyRouteComponent(async () => {
      const [layout] = await Promise.all([import('./layout.tsx'), loadShell()]);
      return layout;
    }),
    context: () => ({ loaded }),
  });
  const nowhere = createRoute({ getParentRoute: () => shell, path: '$', component: NotFound });
  const bare = createRoute({
    getParentRoute: () => root,
    id: 'public',
    component: PublicLayout,
  });
  const every = loaded.pages.flatMap((pages) => pages.routes.map((route) => ({ pages, route })));
  const taken = new Set(every.map(({ route }) => route.path));
  const starts = AREA_STARTS.filter((path) => !taken.has(path)).map(
    (path) => createRoute({ getParentRoute: () => shell, path, component: NotFound } as never) as never,
  );
  const inShell = every.filter(({ route }) => !route.isPublic).map((one) => pageRoute(one, () => shell));
  const inPublic = every.filter(({ route }) => route.isPublic).map((one) => pageRoute(one, () => bare));
  const failed = loaded.failures.map((failure) =>
    createRoute({
      getParentRoute: () => shell,
      path: `/${failure.plugin.name}/$`,
      component: () => (
        <Suspense>
          <PageFailure failure={failure} />
        </Suspense>
      ),
    }),
  );
  const router = createRouter({
    routeTree: root.addChildren([
      shell.addChildren([...inShell, ...starts, ...failed, nowhere]),
      bare.addChildren(inPublic),
    ]),
    context: { queries },
    defaultPreload: 'intent',
    scrollRestoration: true,
    parseSearch: parseQuery,
    stringifySearch: queryText,
    defaultPendingMs: PENDING_MS,
    defaultPendingComponent: Waiting,
    defaultErrorComponent: Broken,
  });
  router.subscribe('onBeforeNavigate', ({ pathChanged, fromLocation }) => {
    if (!pathChanged) return;
    clearCalls();
    if (fromLocation) arrival.isFirst = false;
  });
  return router;
}

/** Addresses of areas, which have a page or lead to one. */
const AREA_STARTS = ['home', 'inbox', 'mail', 'automations', 'assistants', 'sales', 'settings', 'status'].map(
  (area) => `/${area}`,
);

function elsewhere(to: string, { searchStr, hash }: { searchStr: string; hash: string }) {
  return redirect({ to, search: parseQuery(searchStr), hash, replace: true } as never);
}

/** Its texts are the first that a stranger loads. */
const SIGN_IN = '/sign-in';

// Patterns are data here, so the router's own types know none of them.
function pageRoute({ pages, route }: { pages: Pages; route: PageRoute }, parent: () => unknown) {
  const hasTexts = route.path === SIGN_IN && !hasCookie;
  return createRoute({
    getParentRoute: parent as never,
    path: route.path,
    component: lazyRouteComponent(() => unlessGone(hasTexts ? route.page : () => loadWithTexts(pages, route.page))),
  } as never) as never;
}

/** The router would load everything anew for want of one file, and without a server have nothing left. */
async function unlessGone<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if (!isUnanswered(error)) throw error;
    throw new TypeError('The page could not be fetched', { cause: error });
  }
}

function Broken({ error, reset }: ErrorComponentProps) {
  useHealing(error);
  return <Failure error={error} onRetry={reset} />;
}

const HEALING_MS = 2_000;

/** A page that could not be had from a server that was gone is asked for again, until it is there. */
function useHealing(error: unknown): void {
  const router = useRouter();
  useEffect(() => {
    if (!isUnanswered(error)) return;
    const timer = setInterval(async () => {
      if (await answers()) void router.invalidate();
    }, HEALING_MS);
    return () => clearInterval(timer);
  }, [error, router]);
}
