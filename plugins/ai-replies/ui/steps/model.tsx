/** First steps: a model, chosen and connected in sheets. */
import { Sheet, SheetForms, type StepProps } from 'patchbay-platform/ui';
import { useState } from 'react';
import { FirstModel } from '../models/first-model.tsx';
import type { Preset } from '../models/presets.ts';
import { ProviderForm } from '../models/provider-form.tsx';
import { useProviders } from '../parts/ai-data.ts';

export default function ModelStep({ title, onClose }: StepProps) {
  const providers = useProviders();
  const [chosen, setChosen] = useState<{ preset?: Preset } | null>(null);
  if (chosen)
    return (
      <SheetForms>
        <ProviderForm
          provider={null}
          {...(chosen.preset && { preset: chosen.preset })}
          currency={providers.data?.currency ?? ''}
          onClose={onClose}
        />
      </SheetForms>
    );
  return (
    <Sheet title={title} onClose={onClose} size="xl">
      <FirstModel onChoose={(preset) => setChosen(preset ? { preset } : {})} />
    </Sheet>
  );
}
