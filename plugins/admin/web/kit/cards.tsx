/** The cards that plugins add to the dashboard: each in its frame, loaded when it is shown; one that fails takes no other down. */
import { Grid } from '@mantine/core';
import { CatchBoundary, useRouteContext } from '@tanstack/react-router';
import { type ComponentType, lazy, Suspense } from 'react';
import { useUi } from '../client/me.ts';
import { addLocales, textIn } from '../i18n/i18n.ts';
import type { Pages } from './define-pages.ts';
import { Panel } from './panel.tsx';
import { Failure } from './states.tsx';
import { Waiting } from './waiting.tsx';

const COLUMNS = 12;
const WIDTH = 4;
const drawn = new Map<string, ComponentType>();

/** Those that this person may see, and whose plugin draws them. */
export function Cards() {
  const { plugins } = useUi();
  const pages = useLoadedPages();
  const cards = plugins.flatMap(({ name, cards: own }) => {
    const registered = pages.find((one) => one.name === name);
    return own.flatMap(({ id, title, width }) => {
      const Card = registered && cardOf(registered, id);
      return Card ? [{ key: `${name}.${id}`, title: textIn(title), width, Card }] : [];
    });
  });
  if (cards.length === 0) return null;
  return (
    <Grid>
      {cards.map(({ key, title, width, Card }) => (
        <Grid.Col key={key} span={{ base: COLUMNS, md: 6, lg: Math.min(COLUMNS, WIDTH * width) }}>
          <Panel title={title}>
            <CatchBoundary getResetKey={() => key} errorComponent={CardFailure}>
              <Suspense fallback={<Waiting lines={3} />}>
                <Card />
              </Suspense>
            </CatchBoundary>
          </Panel>
        </Grid.Col>
      ))}
    </Grid>
  );
}

function CardFailure({ error, reset }: { error: unknown; reset: () => void }) {
  return <Failure error={error} onRetry={reset} />;
}

/** Texts first, then the card: nobody sees keys in place of words. The same component each time it is drawn. */
function cardOf({ name, locales, cards }: Pages, id: string): ComponentType | null {
  const load = new Map(Object.entries(cards ?? {})).get(id);
  if (!load) return null;
  const key = `${name}.${id}`;
  const known = drawn.get(key);
  if (known) return known;
  const made = lazy(async () => {
    const [card] = await Promise.all([load(), addLocales(name, locales)]);
    return card;
  });
  drawn.set(key, made);
  return made;
}

/** The router has them in the context of its routes. */
function useLoadedPages(): readonly Pages[] {
  const context: { loaded?: { pages: readonly Pages[] } } = useRouteContext({ strict: false });
  return context.loaded?.pages ?? NONE;
}

const NONE: readonly Pages[] = [];
