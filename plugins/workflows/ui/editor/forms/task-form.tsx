/** Everything that can be said about the chosen task, in fields. */
import { Accordion, Alert, Stack, Text, TextInput } from '@mantine/core';
import { type Issue, isRecord, SchemaForm } from 'patchbay-platform/ui';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TaskList, TaskNode } from '../../graph/index.ts';
import { bodyOf, placeOf, renameTask, setField } from '../edits/index.ts';
import { useEditing } from '../model/context.ts';
import type { Problem } from '../model/use-problems.ts';
import { useReading } from '../model/use-reading.ts';
import { type AskedFor, useFirstField } from './asked-for.ts';
import { CallForm } from './call-form.tsx';
import { ExpressionField } from './expression-field.tsx';
import { SwitchForm } from './switch-form.tsx';
import { commonSchema, kindSchema } from './task-schemas.ts';
import { useFieldTexts } from './texts.ts';

const COMMON = ['if', 'input', 'output', 'export', 'timeout', 'then'];

export function TaskForm({
  task,
  problems,
  isDisabled,
  asked,
  onShown,
}: {
  task: TaskNode;
  problems: readonly Problem[];
  isDisabled: boolean;
  asked: AskedFor | null;
  onShown(): void;
}) {
  const { t } = useTranslation('workflows');
  const { session } = useEditing();
  const { text, tree } = useReading(session);
  const texts = useFieldTexts();
  const { pointer, kind } = task;
  const place = tree && placeOf(tree, pointer);
  const list = place?.list;
  const body = useMemo(() => (place ? bodyOf(text, place) : null), [text, place]);
  const siblings = useSiblings(list, task.name);
  // What is written already is shown, wherever it stands.
  const isInGroup = list !== tree || JSON.stringify(body).includes('"exit"');
  const own = useMemo(() => (kind ? kindSchema(kind, texts) : null), [kind, texts]);
  const common = useMemo(() => commonSchema(texts, { siblings, isInGroup }), [texts, siblings, isInGroup]);
  const issues = useMemo(() => issuesOf(problems, pointer), [problems, pointer]);
  const form = useFirstField(asked, onShown);
  if (!isRecord(body)) return <Alert color="gray">{t('editor.form.onlyText')}</Alert>;

  const put = (next: unknown) => {
    if (!isRecord(next)) return;
    session.edit(
      (now, current) => {
        const here = placeOf(current, pointer);
        return here && setField(now, here, [], next);
      },
      { isTyping: true },
    );
  };
  const given = { value: body, onChange: put, errors: issues, isDisabled, Expression: ExpressionField };
  const said = COMMON.filter((key) => Object.hasOwn(body, key)).length;
  return (
    <Stack gap="sm" ref={form}>
      <NameField task={task} isDisabled={isDisabled} />
      {kind === null && <Alert color="yellow">{t('editor.form.noKind')}</Alert>}
      {kind === 'call' && <CallForm body={body} onChange={put} issues={issues} isDisabled={isDisabled} />}
      {kind === 'switch' && (
        <SwitchForm key={pointer} body={body} known={{ siblings, isInGroup }} onChange={put} isDisabled={isDisabled} />
      )}
      {own && kind !== 'call' && kind !== 'switch' && <SchemaForm key={`${pointer} ${kind}`} schema={own} {...given} />}
      {kind === 'do' && (
        <Text size="sm" c="dimmed">
          {t('editor.form.group')}
        </Text>
      )}
      <Accordion variant="contained" chevronPosition="left" defaultValue={null}>
        <Accordion.Item value="common">
          <Accordion.Control>
            {t('editor.form.common')}
            {said > 0 && ` (${said})`}
          </Accordion.Control>
          <Accordion.Panel>
            <SchemaForm key={pointer} schema={common} {...given} />
          </Accordion.Panel>
        </Accordion.Item>
      </Accordion>
    </Stack>
  );
}

/** Written down when it is left, since every letter would be another task. */
function NameField({ task: { name, pointer }, isDisabled }: { task: TaskNode; isDisabled: boolean }) {
  const { t } = useTranslation('workflows');
  const { session } = useEditing();
  const [written, setWritten] = useState(name);
  const [isTaken, setTaken] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another task of the same name is another name to write
  useEffect(() => {
    setWritten(name);
    setTaken(false);
  }, [name, pointer]);
  const rename = () => {
    const next = written.trim();
    if (next === name) return;
    const isDone = session.edit((text, tree) => {
      const place = placeOf(tree, pointer);
      return place && renameTask(text, place, next);
    });
    setTaken(!isDone);
  };
  return (
    <TextInput
      label={t('editor.field.taskName')}
      value={written}
      disabled={isDisabled}
      error={isTaken && t('editor.form.nameTaken')}
      onChange={(event) => setWritten(event.currentTarget.value)}
      onBlur={rename}
      onKeyDown={(event) => event.key === 'Enter' && rename()}
    />
  );
}

/** Names of the other tasks: the same object while they are the same, however often the text is read. */
function useSiblings(list: TaskList | undefined, own: string): readonly string[] {
  const names = (list?.tasks ?? []).map(({ name }) => name).filter((name) => name !== own);
  const known = useRef(names);
  const isSame = names.length === known.current.length && names.every((name, index) => name === known.current[index]);
  if (!isSame) known.current = names;
  return known.current;
}

/** What is wrong, by the place in the task. */
function issuesOf(problems: readonly Problem[], pointer: string): Issue[] {
  return problems
    .filter(({ path }) => path.startsWith(`${pointer}/`))
    .map(({ path, message }) => ({ path: path.slice(pointer.length + 1).split('/'), message }));
}
