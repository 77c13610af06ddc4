/** Secrets of workflows: their names, and when they were set; their values are never shown. */
import { Button, Group, SegmentedControl, Stack, Textarea, TextInput } from '@mantine/core';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import {
  ApiError,
  api,
  Confirm,
  DataTable,
  EmptyState,
  FormModal,
  issueOf,
  Page,
  type RowOf,
  send,
  Time,
  tellDone,
} from 'patchbay/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useRefresh } from '../parts/changes.ts';

type Secret = RowOf<'/api/platform/workflow-secrets'>;
const SECRET = '/api/platform/workflow-secrets/{name}';

export default function Secrets() {
  const { t } = useTranslation('workflows');
  /** Null: none is written; 'new': a name is asked for too. */
  const [written, setWritten] = useState<Secret | 'new' | null>(null);
  const [removed, setRemoved] = useState<Secret | null>(null);
  const refresh = useRefresh();
  const add = (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setWritten('new')}>
      {t('secrets.add')}
    </Button>
  );
  return (
    <Page title={t('secrets.title')} intro={t('secrets.intro')} actions={add}>
      <DataTable
        list="/api/platform/workflow-secrets"
        label={t('secrets.title')}
        rowKey={({ name }) => name}
        filters={[{ name: 'name', title: t('workflows.nameBegins'), kind: 'text' }]}
        columns={[
          { id: 'name', title: t('secrets.name'), sort: 'name', width: 2, cell: ({ name }) => name },
          {
            id: 'updated',
            title: t('secrets.updated'),
            sort: 'updated_at',
            onPhone: true,
            cell: (row) => <Time at={row.updated_at} style="ago" />,
          },
          {
            id: 'actions',
            title: t('versions.actions'),
            align: 'end',
            onPhone: true,
            width: 2,
            cell: (row) => (
              <Group gap="xs" justify="flex-end" wrap="nowrap">
                <Button size="compact-sm" variant="default" onClick={() => setWritten(row)}>
                  {t('secrets.replace', { name: row.name })}
                </Button>
                <Button size="compact-sm" variant="subtle" color="red" onClick={() => setRemoved(row)}>
                  {t('secrets.remove', { name: row.name })}
                </Button>
              </Group>
            ),
          },
        ]}
        empty={<EmptyState title={t('secrets.empty')} text={t('secrets.emptyText')} action={add} />}
      />
      {written && (
        <SecretForm key={written === 'new' ? '' : written.name} of={written} onClose={() => setWritten(null)} />
      )}
      <Confirm
        title={t('secrets.removeTitle', { name: removed?.name ?? '' })}
        name={removed?.name ?? ''}
        action={t('secrets.removeAction')}
        isOpen={removed !== null}
        onClose={() => setRemoved(null)}
        onConfirm={async () => {
          if (!removed) return;
          const path = SECRET.replace('{name}', encodeURIComponent(removed.name));
          await send(path, { method: 'DELETE', headers: { 'If-Match': removed.version } }).finally(refresh);
        }}
      >
        {t('secrets.removeText')}
      </Confirm>
    </Page>
  );
}

function SecretForm({ of, onClose }: { of: Secret | 'new'; onClose(): void }) {
  const { t } = useTranslation('workflows');
  const known = of === 'new' ? null : of;
  const [name, setName] = useState(known?.name ?? '');
  const [form, setForm] = useState('text');
  const [text, setText] = useState('');
  const refresh = useRefresh();
  return (
    <FormModal
      title={known ? t('secrets.replaceTitle', { name: known.name }) : t('secrets.add')}
      action={t('secrets.save')}
      isOpen
      onClose={onClose}
      onSubmit={async () => {
        const value: unknown = form === 'json' ? JSON.parse(text) : text;
        // A new one replaces none that is there already.
        const headers = known ? { 'If-Match': known.version } : { 'If-None-Match': '*' };
        await api.PUT(SECRET, { params: { path: { name } }, body: { value }, headers }).finally(refresh);
        tellDone(t('secrets.saved', { name }));
      }}
    >
      {(error) => (
        <Stack gap="sm">
          {!known && (
            <TextInput
              label={t('secrets.name')}
              description={t('secrets.nameText')}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              error={issueOf(error, 'name')}
              required
              autoComplete="off"
              spellCheck={false}
              data-autofocus
            />
          )}
          <SegmentedControl
            size="xs"
            aria-label={t('secrets.form')}
            value={form}
            onChange={setForm}
            data={[
              { value: 'text', label: t('secrets.asText') },
              { value: 'json', label: t('secrets.asJson') },
            ]}
          />
          <Textarea
            label={t('secrets.value')}
            description={t(form === 'json' ? 'secrets.jsonText' : 'secrets.valueText')}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            error={error instanceof SyntaxError ? t('run.noJson') : issueOf(error, 'value')}
            autosize
            minRows={3}
            maxRows={10}
            required
            autoComplete="off"
            spellCheck={false}
          />
          {error instanceof ApiError && error.status === 412 && <span>{t('secrets.changed')}</span>}
        </Stack>
      )}
    </FormModal>
  );
}
