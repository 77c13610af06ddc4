/** Starting a workflow, with a form for its input where it says what that is, or with an event such as starts it. */
import { Group, SegmentedControl, Text, TextInput } from '@mantine/core';
import { api, FormModal, notifyDone, Time, useRouter } from 'patchbay-platform/ui';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { createWorkflowExecution } from '../bounds.ts';
import { useEvent } from '../editor/model/use-event.ts';
import { eventTypeOf } from '../editor/triggers/trigger.ts';
import { useEventNames } from '../editor/triggers/trigger-text.ts';
import { useRefresh } from './changes.ts';
import { InputFields, InputMissing, initialInput, inputOf, missingIn, type WrittenInput } from './input-fields.tsx';
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
        notifyDone(t('run.started', { name }));
        void refresh();
        if (data) go(`/automations/runs/${data.id}`);
      }}
    >
      {(error) => (
        <>
          {schema === null && eventTypeOf(definition) !== null && (
            <EventChoice definition={definition} onChoose={setInput} />
          )}
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

type Choice = 'last' | 'example' | 'empty';

interface EventChoiceProps {
  definition: unknown;
  onChoose(input: WrittenInput): void;
}

/** What a workflow gets that an event starts: the last one that came, one made up, or what somebody writes. */
function EventChoice({ definition, onChoose }: EventChoiceProps) {
  const { t } = useTranslation('workflows');
  const names = useEventNames();
  const { input, at, example, isLooking } = useEvent(definition, true);
  const [chosen, setChosen] = useState<Choice | null>(null);
  const data: Readonly<Record<Choice, unknown>> = { last: input, example, empty: {} };
  const there = (['last', 'example', 'empty'] as const).filter((one) => data[one] !== null);
  const choose = (next: Choice) => {
    setChosen(next);
    onChoose(initialInput(null, data[next]));
  };
  const [first = 'empty'] = there;
  const isReady = !isLooking && first !== 'empty';
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, as soon as it is known what there is
  useEffect(() => {
    if (isReady && chosen === null) choose(first);
  }, [isReady]);
  return (
    <Group gap="xs">
      <SegmentedControl
        size="xs"
        aria-label={t('run.sample')}
        value={chosen ?? 'empty'}
        onChange={(next) => choose(there.find((one) => one === next) ?? 'empty')}
        data={there.map((value) => ({ value, label: t(`run.samples.${value}`) }))}
      />
      <Text size="xs" c="dimmed">
        {names.event(eventTypeOf(definition) ?? '')}
        {chosen === 'last' && at !== null && (
          <>
            {' · '}
            <Time at={at} style="ago" />
          </>
        )}
      </Text>
    </Group>
  );
}
