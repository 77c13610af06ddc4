/** The chosen step tried: by itself, with everything behind it, or the whole with what is pinned. */
import { Anchor, Button, Code, Group, JsonInput, Stack, Text } from '@mantine/core';
import { api, Failure, isRecord, Link, State } from 'patchbay-platform/ui';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TaskNode } from '../../graph/index.ts';
import { Problem } from '../../parts/problem.tsx';
import { bodyOf, placeOf } from '../edits/index.ts';
import { tasksBefore } from '../forms/scope.ts';
import { useEditing } from '../model/context.ts';
import { pinsByPointer } from '../model/pin-keys.ts';
import type { Published } from '../model/publishing.ts';
import { type Tried, tryTask } from '../model/trying.ts';
import { withFirstData } from '../triggers/trigger.ts';
import { jsonOf, readJson } from './json-text.ts';
import { PinnedOutput } from './pinned-output.tsx';
import { SampleSource } from './sample-data.tsx';

interface TryPanelProps {
  task: TaskNode;
  isDisabled: boolean;
  /** Writes the text down as a version that is not the active one; null when it cannot be. */
  saveVersion(): Promise<Published | null>;
}

const LONGEST = 4_000;

export function TryPanel({ task, isDisabled, saveVersion }: TryPanelProps) {
  const { t } = useTranslation('workflows');
  const { session, sample, head, definition } = useEditing();
  const known = sample.inputOf(task.pointer);
  const [written, setWritten] = useState(() => jsonOf(known ?? {}));
  const [isBusy, setBusy] = useState<'alone' | 'on' | null>(null);
  const [result, setResult] = useState<Tried | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => setWritten(jsonOf(known ?? {})), [known]);
  const input = readJson(written);

  const run = async (how: 'alone' | 'on', asking: () => Promise<Tried | null>) => {
    setBusy(how);
    setError(null);
    setResult(null);
    try {
      setResult(await asking());
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(null);
    }
  };
  const alone = async () => {
    const { text, tree } = session.reading.get();
    const place = tree && placeOf(tree, task.pointer);
    const body = place ? bodyOf(text, place) : null;
    if (!isRecord(body)) return null;
    const tried = await tryTask(body, input?.value, isRecord(definition) ? definition.use : null);
    if (tried?.status === 'completed') sample.learn(task.pointer, tried.output);
    return tried;
  };
  const fromHere = async () => {
    const version = await saveVersion();
    const { tree } = session.reading.get();
    if (!version || !tree) return null;
    const pinned = pinsByPointer(sample.pins, tree);
    // This step is the one that is tried.
    pinned.delete(task.pointer);
    // What stands right before gives what this task is to get.
    const before = tasksBefore(tree, task.pointer);
    const pins: Record<string, unknown> = Object.fromEntries([
      ...pinned,
      ...before.map(({ pointer }) => [pointer, sample.outputs.get(pointer) ?? sample.input]),
    ]);
    const place = placeOf(tree, task.pointer);
    const former = place && !place.list.isParallel ? place.list.tasks[place.index - 1] : undefined;
    if (former) pins[former.pointer] = input?.value;
    // The first step gets what `input.from` makes of what the workflow gets.
    const isAsKnown = written === jsonOf(known ?? {});
    const start = former || isAsKnown ? sample.input : withFirstData(head, sample.input, input?.value);
    const { namespace, name } = version;
    const { data } = await api.POST('/api/platform/workflows/{namespace}/{name}/executions', {
      params: { path: { namespace, name }, query: { wait: 60 } },
      body: { input: start, version: version.version, pins },
    });
    return data ?? null;
  };
  return (
    <Stack gap="sm">
      <JsonInput
        label={t('editor.try.input')}
        description={known === undefined ? t('editor.try.unknown') : <SampleSource />}
        value={written}
        autosize
        minRows={3}
        maxRows={14}
        spellCheck={false}
        error={input === null && t('editor.try.noJson')}
        onChange={setWritten}
      />
      <Group gap="xs">
        <Button
          size="sm"
          variant="light"
          disabled={isDisabled || input === null}
          loading={isBusy === 'alone'}
          onClick={() => void run('alone', alone)}
        >
          {t('editor.try.alone')}
        </Button>
        <Button
          size="sm"
          variant="default"
          disabled={isDisabled || input === null}
          loading={isBusy === 'on'}
          onClick={() => void run('on', fromHere)}
        >
          {t('editor.try.fromHere')}
        </Button>
      </Group>
      <Text size="xs" c="dimmed">
        {t('editor.try.text')}
      </Text>
      {error !== null && <Failure error={error} />}
      {result && (
        <Stack gap={4} role="status">
          <Group gap="xs">
            <State value={result.status} text={t(`state.${result.status}`)} />
            <Anchor component={Link} to={`/automations/runs/${result.id}`} size="sm">
              {t('editor.try.execution')}
            </Anchor>
          </Group>
          <Problem error={result.error} />
          <Code block>{cut(jsonOf(result.error ?? result.output))}</Code>
        </Stack>
      )}
      <PinnedOutput task={task} tried={result} />
    </Stack>
  );
}

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
