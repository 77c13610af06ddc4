/** Notes of the tenant: read, and written in a dialog. */
import { Button, Card, Stack, Text, Textarea } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import {
  EmptyState,
  FormModal,
  issueOf,
  Loaded,
  notifyDone,
  Page,
  send,
  Time,
  useLiveRefresh,
} from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

const PATH = '/api/platform/sample/notes';

interface Note {
  id: number;
  text: string;
  created_at: string;
}

export default function Notes() {
  const { t } = useTranslation('sample');
  const queries = useQueryClient();
  const [isWriting, setWriting] = useState(false);
  const [text, setText] = useState('');
  const notes = useQuery({
    queryKey: ['get', PATH],
    queryFn: async ({ signal }): Promise<{ items: Note[] }> => (await send(PATH, { signal })).json(),
  });
  useLiveRefresh(['sample.added'], () => queries.invalidateQueries({ queryKey: ['get', PATH] }));

  const save = async () => {
    const headers = { 'content-type': 'application/json' };
    await send(PATH, { method: 'POST', headers, body: JSON.stringify({ text }) });
    await queries.invalidateQueries({ queryKey: ['get', PATH] });
    setText('');
    notifyDone(t('kept'));
  };
  const write = <Button onClick={() => setWriting(true)}>{t('write')}</Button>;
  return (
    <Page title={t('title')} actions={write}>
      <Loaded of={notes}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState title={t('empty')} text={t('emptyText')} />
          ) : (
            <Stack>
              {items.map((note) => (
                <Card key={note.id} withBorder>
                  <Text>{note.text}</Text>
                  <Text size="sm" c="dimmed">
                    <Time at={note.created_at} style="ago" />
                  </Text>
                </Card>
              ))}
            </Stack>
          )
        }
      </Loaded>
      <FormModal
        title={t('write')}
        action={t('keep')}
        isOpen={isWriting}
        onClose={() => setWriting(false)}
        onSubmit={save}
      >
        {(error) => (
          <Textarea
            label={t('text')}
            required
            autosize
            minRows={3}
            data-autofocus
            value={text}
            error={issueOf(error, 'text')}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        )}
      </FormModal>
    </Page>
  );
}
