/** Who was merged into a contact, and that one of them is somebody else after all. */
import { Button, Group, Stack, Text } from '@mantine/core';
import { $api, api, Confirm, notifyDone, Panel, useMay, useRows, useVersionedForm } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useContactPlace } from './contact-place.ts';
import { CONTACT, type Contact, LINKED, useReadContactsAgain } from './contacts-data.ts';

const SHOWN = 50;

export function LinkedContacts({ contact }: { contact: Contact }) {
  const { t } = useTranslation('robots');
  const [other, setOther] = useState<Contact | null>(null);
  const mayAdminister = useMay()('robots.log');
  const placeOf = useContactPlace();
  const { data: linked = [] } = useRows(LINKED, { at: { id: contact.id }, limit: SHOWN });
  const labelOf = (one: Contact) => [one.name, placeOf(one)].filter(Boolean).join(' · ');
  if (linked.length === 0) return null;
  return (
    <Panel title={t('contacts.linked')}>
      <Stack gap="xs">
        {linked.map((one) => (
          <Group key={one.id} justify="space-between">
            <div>
              <Text size="sm">{labelOf(one)}</Text>
              <Text size="xs" c="dimmed">
                {t(one.is_proved ? 'contacts.proved' : 'contacts.unproved')}
              </Text>
            </div>
            {mayAdminister && (
              <Button
                size="xs"
                variant="default"
                aria-label={t('contacts.separateOf', { name: labelOf(one) })}
                onClick={() => setOther(one)}
              >
                {t('contacts.separate')}
              </Button>
            )}
          </Group>
        ))}
      </Stack>
      {other && <Separation contact={contact} other={other} onClose={() => setOther(null)} />}
    </Panel>
  );
}

function Separation({ contact, other, onClose }: { contact: Contact; other: Contact; onClose(): void }) {
  const { t } = useTranslation('robots');
  const { id, name } = contact;
  const readAgain = useReadContactsAgain();
  const separate = $api.useMutation('post', `${CONTACT}/separate`);
  const versioned = useVersionedForm(contact, {
    read: async () => (await api.GET(CONTACT, { params: { path: { id } } })).data,
    refresh: readAgain,
    labels: { name: t('list.name'), notes: t('contacts.notes'), fields: t('contacts.fields') },
  });
  return (
    <Confirm
      title={t('contacts.separate')}
      name={null}
      action={t('contacts.separate')}
      isOpen
      onClose={onClose}
      versioned={versioned}
      onConfirm={async () => {
        const body = { contact: other.id };
        await versioned.act((header) => separate.mutateAsync({ params: { path: { id }, header }, body }));
        await readAgain();
        notifyDone(t('contacts.separated'));
      }}
    >
      {t('contacts.separateText', { name, other: other.name })}
    </Confirm>
  );
}
