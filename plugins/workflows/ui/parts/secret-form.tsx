/** Sets a secret: a new one, or another value for one that there is. */
import { SegmentedControl, Stack, Textarea, TextInput } from '@mantine/core';
import { api, FormModal, type IfVersion, isStale, issueOf, notifyDone } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useRefresh } from './changes.ts';
import { SECRET, type Secret, useVersionedSecret } from './secrets-data.ts';

export function SecretForm({ of, onClose }: { of: Secret | 'new'; onClose(): void }) {
  const { t } = useTranslation('workflows');
  const known = of === 'new' ? null : of;
  const [name, setName] = useState(known?.name ?? '');
  const [form, setForm] = useState('text');
  const [text, setText] = useState('');
  const refresh = useRefresh();
  const versioned = useVersionedSecret(known);
  return (
    <FormModal
      title={known ? t('secrets.replaceTitle', { name: known.name }) : t('secrets.add')}
      action={t('secrets.save')}
      isOpen
      onClose={onClose}
      versioned={versioned}
      onSubmit={async () => {
        const value: unknown = form === 'json' ? JSON.parse(text) : text;
        const put = (header: IfVersion | { 'If-None-Match': '*' }) =>
          api.PUT(SECRET, { params: { path: { name }, header }, body: { value } });
        // A new one replaces none that is there already.
        await (known ? versioned.act(put) : put({ 'If-None-Match': '*' })).finally(refresh);
        notifyDone(t('secrets.saved', { name }));
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
          {!known && isStale(error) && <span>{t('secrets.changed')}</span>}
        </Stack>
      )}
    </FormModal>
  );
}
