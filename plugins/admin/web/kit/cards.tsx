/** The cards that plugins add to the dashboard: each in its frame, loaded when it is shown; one that fails takes no other down. */
import { Grid } from '@mantine/core';
import { CatchBoundary } from '@tanstack/react-router';
import { Suspense } from 'react';
import { useUi } from '../client/me.ts';
import { textIn } from '../i18n/i18n.ts';
import { Panel } from './panel.tsx';
import { partOf, useLoadedPages } from './parts-of-pages.ts';
import { Failure } from './states.tsx';
import { Waiting } from './waiting.tsx';

const COLUMNS = 12;
const WIDTH = 4;

/** Those that this person may see, and whose plugin draws them. */
export function Cards() {
  const { plugins } = useUi();
  const pages = useLoadedPages();
  const cards = plugins.flatMap(({ name, cards: own }) => {
    const registered = pages.find((one) => one.name === name);
    return own.flatMap(({ id, title, width }) => {
      const Card = registered && partOf(registered, id, new Map(Object.entries(registered.cards ?? {})).get(id));
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
