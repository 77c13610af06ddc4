/** What plugins add to the settings of a person or of a tenant, each loaded with its texts. */
import { useRouteContext } from '@tanstack/react-router';
import { lazy, Suspense, useMemo } from 'react';
import { useUi } from '../client/me.ts';
import type { Pages } from './define-pages.ts';
import { loadWithTexts } from './load-with-texts.ts';
import { Waiting } from './waiting.tsx';

interface Context {
  loaded?: { pages: readonly Pages[] };
}

const NONE: readonly Pages[] = [];

export function SettingsParts({ of }: { of: 'profile' | 'tenant' }) {
  const pages = useRouteContext({
    strict: false,
    select: ({ loaded }: Context) => loaded?.pages ?? NONE,
  } as never) as unknown as readonly Pages[];
  const { plugins } = useUi();
  const parts = useMemo(
    () =>
      pages.flatMap((plugin) =>
        (plugins.some(({ name }) => name === plugin.name) ? (plugin.settings ?? []) : [])
          .filter((setting) => setting.of === of)
          .map(({ id, part }) => ({ key: `${plugin.name}.${id}`, Part: lazy(() => loadWithTexts(plugin, part)) })),
      ),
    [pages, plugins, of],
  );
  return parts.map(({ key, Part }) => (
    <Suspense key={key} fallback={<Waiting lines={3} />}>
      <Part />
    </Suspense>
  ));
}
