/** A place of a page for parts of other plugins: where none draws there is nothing, and one that fails takes nothing down. */
import { CatchBoundary } from '@tanstack/react-router';
import { Suspense } from 'react';
import type { PlaceProps, Places } from './define-pages.ts';
import { partOf, useLoadedPages } from './parts-of-pages.ts';

type PlaceOf<Name extends keyof Places> = { name: Name } & PlaceProps<Name>;

export function Place<Name extends keyof Places>({ name, ...given }: PlaceOf<Name>) {
  const pages = useLoadedPages();
  return pages.flatMap((one) => {
    const { places = {} } = one;
    const load = Object.hasOwn(places, name) ? places[name] : undefined;
    const Part = partOf<PlaceProps<Name>>(one, `place ${name}`, load);
    if (!Part) return [];
    return [
      <CatchBoundary key={one.name} getResetKey={() => name} errorComponent={Nothing}>
        <Suspense fallback={null}>
          <Part {...(given as unknown as PlaceProps<Name>)} />
        </Suspense>
      </CatchBoundary>,
    ];
  });
}

function Nothing() {
  return null;
}
