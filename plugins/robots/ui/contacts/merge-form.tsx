/** Two contacts that are one person: the other one's conversations come to this one. */
import { Alert, Select, Stack } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { $api, api, FormModal, notifyDone, useRows, useVersionedForm } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useContactPlace } from './contact-place.ts';
import { CONTACT, CONTACTS, type Contact, useReadContactsAgain } from './contacts-data.ts';

const WRITING_MS = 300;
const SHOWN = 50;

interface MergeFormProps {
  contact: Contact;
  /** Whom it has been found to be already. */
  found?: Contact;
  onClose(): void;
}

export function MergeForm({ contact, found: preset, onClose }: MergeFormProps) {
  const { t } = useTranslation('robots');
  const { id, name } = contact;
  const [search, setSearch] = useState('');
  const [asked] = useDebouncedValue(search.trim(), WRITING_MS);
  const [other, setOther] = useState<string | null>(preset?.id ?? null);
  const { data: some = [] } = useRows(CONTACTS, { query: asked === '' ? {} : { search: asked }, limit: SHOWN });
  const found = preset && !some.some((one) => one.id === preset.id) ? [preset, ...some] : some;
  const readAgain = useReadContactsAgain();
  const merge = $api.useMutation('post', `${CONTACT}/merge`);
  const placeOf = useContactPlace();
  /** Two of one name are told apart by where they are known. */
  const labelOf = (one: Contact) => [one.name || one.id, placeOf(one)].filter(Boolean).join(' · ');
  const versioned = useVersionedForm(contact, {
    read: async () => (await api.GET(CONTACT, { params: { path: { id } } })).data,
    refresh: readAgain,
    labels: { name: t('list.name'), notes: t('contacts.notes'), fields: t('contacts.fields') },
  });
  return (
    <FormModal
      title={t('contacts.merge')}
      action={t('contacts.mergeNow')}
      color="red"
      isOpen
      onClose={onClose}
      isReady={other !== null}
      versioned={versioned}
      onSubmit={async () => {
        if (other === null) return;
        const body = { contact: other };
        await versioned.save(body, (header) => merge.mutateAsync({ params: { path: { id }, header }, body }));
        await readAgain();
        notifyDone(t('contacts.merged'));
      }}
    >
      {() => (
        <Stack gap="sm">
          <Alert color="yellow">{t('contacts.mergeText', { name })}</Alert>
          <Select
            label={t('contacts.other')}
            data={found.filter((one) => one.id !== id).map((one) => ({ value: one.id, label: labelOf(one) }))}
            value={other}
            onChange={setOther}
            searchable
            onSearchChange={setSearch}
            filter={({ options }) => options}
            nothingFoundMessage={t('inbox.nothingFound')}
            required
          />
        </Stack>
      )}
    </FormModal>
  );
}
