/** What people note about a contact: fields, notes, consent. */
import { ActionIcon, Button, Group, Select, Stack, Switch, Text, Textarea, TextInput } from '@mantine/core';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import IconTrash from '@tabler/icons-react/dist/esm/icons/IconTrash.mjs';
import { $api, FormModal, tellDone } from 'patchbay/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CONSENTS, CONTACT, type Contact, useReadContactsAgain } from './contacts-data.ts';

interface Field {
  key: string;
  name: string;
  value: string;
}

export function ContactForm({ contact, onClose }: { contact: Contact; onClose(): void }) {
  const { t } = useTranslation('robots');
  const { id, version } = contact;
  const [notes, setNotes] = useState(contact.notes);
  const [consent, setConsent] = useState(contact.consent);
  const [optedOut, setOptedOut] = useState(contact.opted_out);
  const [fields, setFields] = useState<readonly Field[]>(() =>
    Object.entries(contact.fields).map(([name, value]) => ({ key: name, name, value: String(value) })),
  );
  const readAgain = useReadContactsAgain();
  const save = $api.useMutation('patch', CONTACT);
  const put = (key: string, change: Partial<Field>) =>
    setFields(fields.map((field) => (field.key === key ? { ...field, ...change } : field)));
  const submit = async () => {
    const params = { path: { id }, header: { 'If-Match': `"${version}"` } };
    const changed = changedFields(contact.fields, fields);
    await save.mutateAsync({ params, body: { notes, consent, opted_out: optedOut, fields: changed } });
    await readAgain();
    tellDone(t('contacts.saved'));
  };
  return (
    <FormModal
      title={t('contacts.change')}
      action={t('shell:save')}
      isOpen
      onClose={onClose}
      onSubmit={submit}
      size="lg"
    >
      {() => (
        <Stack gap="sm">
          <Text size="sm" fw={500}>
            {t('contacts.fields')}
          </Text>
          {fields.map(({ key, name, value }, index) => (
            <Group key={key} gap="xs" wrap="nowrap">
              <TextInput
                flex={1}
                aria-label={t('contacts.fieldName', { number: index + 1 })}
                placeholder="city"
                value={name}
                onChange={(event) => put(key, { name: event.currentTarget.value })}
                maxLength={60}
                pattern="[A-Za-z0-9_.\-]+"
                required
              />
              <TextInput
                flex={2}
                aria-label={t('contacts.fieldValue', { name: name || index + 1 })}
                value={value}
                onChange={(event) => put(key, { value: event.currentTarget.value })}
                maxLength={2_000}
              />
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={t('contacts.removeField', { name: name || index + 1 })}
                onClick={() => setFields(fields.filter((field) => field.key !== key))}
              >
                <IconTrash size={16} />
              </ActionIcon>
            </Group>
          ))}
          <Button
            variant="default"
            size="xs"
            w="fit-content"
            leftSection={<IconPlus size={14} aria-hidden />}
            onClick={() => setFields([...fields, { key: crypto.randomUUID(), name: '', value: '' }])}
          >
            {t('contacts.addField')}
          </Button>
          <Textarea
            label={t('contacts.notes')}
            value={notes}
            onChange={(event) => setNotes(event.currentTarget.value)}
            maxLength={20_000}
            autosize
            minRows={3}
          />
          <Select
            label={t('contacts.consent')}
            data={CONSENTS.map((value) => ({ value, label: t(`contacts.consents.${value}`) }))}
            value={consent}
            onChange={(value) => setConsent(CONSENTS.find((one) => one === value) ?? 'unknown')}
            allowDeselect={false}
          />
          <Switch
            label={t('contacts.optedOut')}
            description={t('contacts.optedOutText')}
            checked={optedOut}
            onChange={(event) => setOptedOut(event.currentTarget.checked)}
          />
        </Stack>
      )}
    </FormModal>
  );
}

/** Numbers and the like stay what they are while nobody has written over them; what is gone is null. */
function changedFields(before: Contact['fields'], after: readonly Field[]) {
  const named = new Map(after.map(({ name, value }) => [name.trim(), value]));
  const known = new Map(Object.entries(before));
  const gone = [...known.keys()].filter((name) => !named.has(name)).map((name) => [name, null] as const);
  const changed = [...named].filter(([name, value]) => name !== '' && String(known.get(name) ?? '') !== value);
  return Object.fromEntries([...gone, ...changed]);
}
