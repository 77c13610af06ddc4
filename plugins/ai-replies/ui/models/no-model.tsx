/** Where a model is needed and none is there: choosing one, and its form, without leaving the page. */
import { later } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useMayAdminister } from '../parts/rights.ts';
import { FirstModel } from './first-model.tsx';
import type { Preset } from './presets.ts';

const ProviderForm = later(() => import('./provider-form.tsx').then(({ ProviderForm }) => ProviderForm));

export function NoModel({ currency }: { currency: string }) {
  const mayAdd = useMayAdminister();
  const [chosen, setChosen] = useState<{ preset?: Preset } | null>(null);
  return (
    <>
      <FirstModel onChoose={mayAdd ? (preset) => setChosen(preset ? { preset } : {}) : null} />
      {chosen && <ProviderForm provider={null} {...chosen} currency={currency} onClose={() => setChosen(null)} />}
    </>
  );
}
