/** One function as an AI agent sees it, with its schemas, and a way to try it. */
import { Alert, Button, Code, Group, SegmentedControl, Stack, Text } from '@mantine/core';
import IconPlayerPlay from '@tabler/icons-react/dist/esm/icons/IconPlayerPlay.mjs';
import {
  $api,
  CodeView,
  EmptyState,
  Facts,
  Failure,
  issuesUnder,
  Loaded,
  Page,
  Panel,
  SchemaForm,
  useParam,
} from 'patchbay-platform/ui';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { exampleInput } from '../parts/example-input.ts';

export default function FunctionPage() {
  const { t } = useTranslation('admin');
  const name = useParam('name');
  const functions = $api.useQuery('get', '/api/platform/functions');
  return (
    <Page title={name} trail={[{ title: t('functions.title'), to: '/automations/functions' }]}>
      <Loaded of={functions}>
        {({ items }) => {
          const found = items.find((one) => one.name === name);
          if (!found) return <EmptyState title={t('functions.unknown')} />;
          const { summary, scope, roles, callable, input, output } = found;
          return (
            <>
              <Panel title={t('functions.about')}>
                <Text size="sm">{summary}</Text>
                <Facts
                  of={[
                    scope !== undefined && [t('functions.scope'), <Code key="scope">{scope}</Code>],
                    roles !== null && [t('functions.roles'), roles.join(', ')],
                  ]}
                />
              </Panel>
              {callable ? (
                <Try key={name} name={name} schema={input} />
              ) : (
                <Alert color="gray" title={t('functions.notYours')}>
                  {t('functions.notYoursText')}
                </Alert>
              )}
              <Panel title={t('functions.input')}>
                <CodeView label={t('functions.input')} language="json" value={JSON.stringify(input, null, 2)} />
              </Panel>
              <Panel title={t('functions.output')}>
                <CodeView label={t('functions.output')} language="json" value={JSON.stringify(output, null, 2)} />
              </Panel>
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}

type How = 'form' | 'json';

function Try({ name, schema }: { name: string; schema: unknown }) {
  const { t } = useTranslation('admin');
  const [how, setHow] = useState<How>('form');
  const [value, setValue] = useState<unknown>(() => exampleInput(schema));
  const [text, setText] = useState('');
  const [key, setKey] = useState(() => crypto.randomUUID());
  const call = $api.useMutation('post', '/api/platform/functions/{name}');
  const given = how === 'form' ? { value } : parsed(text);
  const change = (chosen: How) => {
    if (chosen === 'json') setText(JSON.stringify(value, null, 2));
    else if (given) setValue(given.value);
    setHow(chosen);
  };
  const run = (event: FormEvent) => {
    event.preventDefault();
    if (!given) return;
    const request = {
      params: { path: { name }, header: { 'Idempotency-Key': key } },
      body: { input: given.value },
    };
    // Another call is another one; the same one repeated after a lost answer is not.
    call.mutate(request, { onSuccess: () => setKey(crypto.randomUUID()) });
  };
  return (
    <Panel
      title={t('functions.try')}
      actions={
        <SegmentedControl
          size="xs"
          aria-label={t('functions.how')}
          value={how}
          onChange={change}
          data={[
            { value: 'form', label: t('functions.asForm'), disabled: given === null },
            { value: 'json', label: t('functions.asJson') },
          ]}
        />
      }
    >
      <form onSubmit={run}>
        <Stack gap="sm">
          <Text size="sm" c="dimmed">
            {t('functions.tryText')}
          </Text>
          {how === 'form' ? (
            <SchemaForm
              schema={schema}
              value={value}
              onChange={setValue}
              errors={issuesUnder(call.error, 'body', 'input')}
            />
          ) : (
            <CodeView label={t('functions.given')} language="json" value={text} onChange={setText} />
          )}
          {!given && (
            <Text size="sm" c="red" role="alert">
              {t('functions.noJson')}
            </Text>
          )}
          <Group>
            <Button type="submit" leftSection={<IconPlayerPlay size={16} />} disabled={!given} loading={call.isPending}>
              {t('functions.call')}
            </Button>
          </Group>
          <div aria-live="polite">
            {call.error && <Failure error={call.error} />}
            {call.data && (
              <CodeView
                label={t('functions.result')}
                language="json"
                value={JSON.stringify(call.data.output, null, 2) ?? 'null'}
              />
            )}
          </div>
        </Stack>
      </form>
    </Panel>
  );
}

function parsed(text: string): { value: unknown } | null {
  try {
    const value: unknown = JSON.parse(text);
    return { value };
  } catch {
    return null;
  }
}
