/** What people note about a contact: fields, notes, consent. */
import { Select, Stack, Switch, Textarea } from '@mantine/core';
import { $api, api, FormModal, notifyDone, useVersionedForm } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { changeContact } from '../bounds.ts';
import { type Field, FieldRows, fieldRowsOf } from '../parts/field-rows.tsx';
import { CONSENTS, CONTACT, type Contact, useReadContactsAgain } from './contacts-data.ts';

export function ContactForm({ contact, onClose }: { contact: Contact; onClose(): void }) {
  const { t } = useTranslation('robots');
  const path = { id: contact.id };
  // The page reads the contact again meanwhile; what is changed is what was opened.
  const [opened] = useState(contact);
  const [notes, setNotes] = useState(contact.notes);
  const [consent, setConsent] = useState(contact.consent);
  const [optedOut, setOptedOut] = useState(contact.opted_out);
  const [fields, setFields] = useState(() => fieldRowsOf(contact.fields));
  const readAgain = useReadContactsAgain();
  const save = $api.useMutation('patch', CONTACT);
  const versioned = useVersionedForm(contact, {
    read: async () => (await api.GET(CONTACT, { params: { path } })).data,
    refresh: readAgain,
    labels: {
      fields: t('contacts.fields'),
      notes: t('contacts.notes'),
      consent: t('contacts.consent'),
      opted_out: t('contacts.optedOut'),
    },
    textOf: (field, row) => (field === 'consent' ? t(`contacts.consents.${row.consent}`) : undefined),
  });
  const submit = async () => {
    const changed = changedFields(opened.fields, fields);
    await versioned.save({ notes, consent, opted_out: optedOut, fields: changed }, (header, body) =>
      save.mutateAsync({ params: { path, header }, body }),
    );
    await readAgain();
    notifyDone(t('contacts.saved'));
  };
  return (
    <FormModal
      title={t('contacts.change')}
      action={t('shell:save')}
      isOpen
      onClose={onClose}
      onSubmit={submit}
      versioned={versioned}
      size="lg"
    >
      {() => (
        <Stack gap="sm">
          <FieldRows label={t('contacts.fields')} fields={fields} onChange={setFields} />
          <Textarea
            label={t('contacts.notes')}
            value={notes}
            onChange={(event) => setNotes(event.currentTarget.value)}
            {...changeContact.notes}
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
