/** First steps: sending mail, with its settings and their test in a sheet. */
import { Sheet, type StepProps } from 'patchbay-platform/ui';
import { SettingsArea } from '../parts/settings-area.tsx';

export default function SendingStep({ title, onClose }: StepProps) {
  return (
    <Sheet title={title} onClose={onClose} size="xl">
      <SettingsArea area="sending" />
    </Sheet>
  );
}
