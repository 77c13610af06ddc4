/** First steps: a second factor or a passkey, in a sheet. */
import { Stack } from '@mantine/core';
import { Sheet, type StepProps } from 'patchbay-platform/ui';
import { PasskeyPanel } from '../parts/passkey-panel.tsx';
import { SecondFactorPanel } from '../parts/second-factor-panel.tsx';

export default function SecondFactorStep({ title, onClose }: StepProps) {
  return (
    <Sheet title={title} onClose={onClose}>
      <Stack>
        <SecondFactorPanel />
        <PasskeyPanel />
      </Stack>
    </Sheet>
  );
}
