/** Starting a workflow, with a form for its input where it says what that is. */
import { TextInput } from '@mantine/core';
import { api, FormModal, tellDone, useRouter } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { createWorkflowExecution } from '../bounds.ts';
import { useRefresh } from './changes.ts';
import { InputFields, InputMissing, initialInput, inputOf, missingIn } from './input-fields.tsx';
import { inputSchemaOf, type WorkflowView } from './workflow-data.ts';

interface RunDialogProps {
  workflow: WorkflowView;
  onClose(): void;
}

export default function RunDialog({ workflow, onClose }: RunDialogProps) {
  const { t } = useTranslation('workflows');
  const { namespace, name, definition } = workflow;
  const schema = inputSchemaOf(definition);
  const [input, setInput] = useState(() => initialInput(schema));
  const [correlation, setCorrelation] = useState('');
  const { go } = useRouter();
  const refresh = useRefresh();
  return (
    <FormModal
      title={t('run.title', { name })}
      action={t('run.action')}
      size="lg"
      isOpen
      onClose={onClose}
      onSubmit={async () => {
        const value = inputOf(input);
        const missing = missingIn(schema, value);
        if (missing.length > 0) throw new InputMissing(missing, t('run.missing'));
        const body = {
          input: value,
          ...(correlation.trim() !== '' && { correlation_id: correlation.trim() }),
        };
        const path = { namespace, name };
        const { data } = await api.POST('/api/platform/workflows/{namespace}/{name}/executions', {
          params: { path },
          body,
        });
        tellDone(t('run.started', { name }));
        void refresh();
        if (data) go(`/automations/runs/${data.id}`);
      }}
    >
      {(error) => (
        <>
          <InputFields schema={schema} value={input} onChange={setInput} error={error} />
          <TextInput
            label={t('run.correlation')}
            description={t('run.correlationText')}
            value={correlation}
            {...createWorkflowExecution.correlation_id}
            onChange={(event) => setCorrelation(event.currentTarget.value)}
          />
        </>
      )}
    </FormModal>
  );
}
