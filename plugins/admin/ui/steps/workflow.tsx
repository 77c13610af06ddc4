/** First steps: an example of a workflow, published and run in a sheet. */
import { Sheet, type StepProps } from 'patchbay-platform/ui';
import { FirstWorkflowStep } from '../parts/first-workflow-step.tsx';

export default function WorkflowStep({ title, onClose }: StepProps) {
  return (
    <Sheet title={title} onClose={onClose} size="xl">
      <FirstWorkflowStep onNext={onClose} />
    </Sheet>
  );
}
