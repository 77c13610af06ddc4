/** A new execution with the same input or another one, from the beginning or from a task. */
import { Select } from '@mantine/core';
import { $api, FormModal, notifyDone, useRouter } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useRefresh } from './changes.ts';
import { type ExecutionView, nameOf } from './execution-data.ts';
import { InputFields, InputMissing, initialInput, inputOf, jsonOf, missingIn } from './input-fields.tsx';

interface ReplayDialogProps {
  execution: ExecutionView;
  /** The whole input, where the view has its beginning alone. */
  input: unknown;
  from: string | null;
  onFrom(from: string | null): void;
  onClose(): void;
  schema: Record<string, unknown> | null;
}

export default function ReplayDialog({ execution, input, from, onFrom, onClose, schema }: ReplayDialogProps) {
  const { t } = useTranslation('workflows');
  const [written, setWritten] = useState(() => initialInput(schema, input));
  const { go } = useRouter();
  const refresh = useRefresh();
  const replay = $api.useMutation('post', '/api/platform/executions/{id}/replay');
  const references = [...new Set(execution.tasks.map(({ reference }) => reference))];
  return (
    <FormModal
      title={t('replay.title')}
      action={t('replay.action')}
      size="lg"
      isOpen
      onClose={onClose}
      onSubmit={async () => {
        const next = inputOf(written);
        const missing = missingIn(schema, next);
        if (missing.length > 0) throw new InputMissing(missing, t('run.missing'));
        const isEdited = jsonOf(next) !== jsonOf(input);
        const body = { ...(isEdited && { input: next }), ...(from !== null && { from }) };
        const answer = await replay.mutateAsync({ params: { path: { id: execution.id } }, body });
        notifyDone(t('replay.done'));
        void refresh();
        go(`/automations/runs/${answer.id}`);
      }}
    >
      {(error) => (
        <>
          <Select
            label={t('replay.from')}
            description={t('replay.fromText')}
            placeholder={t('replay.beginning')}
            data={references.map((reference) => ({ value: reference, label: `${nameOf(reference)} (${reference})` }))}
            value={from}
            onChange={onFrom}
            clearable
            clearButtonProps={{ 'aria-label': t('replay.beginning') }}
            searchable
          />
          <InputFields schema={schema} value={written} onChange={setWritten} error={error} />
        </>
      )}
    </FormModal>
  );
}
