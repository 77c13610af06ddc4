/** First steps: a domain of one's own with its DNS records, in a sheet. */
import { Sheet, type StepProps } from 'patchbay-platform/ui';
import { DomainStep } from '../parts/domain-step.tsx';

export default function OwnDomainStep({ title, onClose }: StepProps) {
  return (
    <Sheet title={title} onClose={onClose} size="xl">
      <DomainStep onNext={onClose} />
    </Sheet>
  );
}
