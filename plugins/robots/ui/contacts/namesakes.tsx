/** Others who are called as a contact is: where they are known, and that they are the same person. */
import { Anchor, Button, Group, Stack, Text } from '@mantine/core';
import { Link, Panel, useMay, useRows } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useContactPlace } from './contact-place.ts';
import { CONTACTS, type Contact } from './contacts-data.ts';
import { MergeForm } from './merge-form.tsx';

const SHOWN = 20;

export function Namesakes({ contact }: { contact: Contact }) {
  const { t } = useTranslation('robots');
  const { id, name } = contact;
  const [same, setSame] = useState<Contact | null>(null);
  // Who administers the tenant sees its log too.
  const mayLink = useMay()('robots.log');
  const placeOf = useContactPlace();
  const { data: named = [] } = useRows(CONTACTS, { query: { name }, limit: SHOWN });
  const others = named.filter((one) => one.id !== id);
  if (others.length === 0) return null;
  return (
    <Panel title={t('contacts.namesakes', { name })}>
      <Stack gap="xs">
        {others.map((one) => (
          <Group key={one.id} justify="space-between">
            <div>
              <Anchor component={Link} to={`/inbox/contacts/${one.id}`} size="sm">
                {[one.name, placeOf(one)].filter(Boolean).join(' · ')}
              </Anchor>
              <Text size="xs" c="dimmed">
                {t(one.is_proved ? 'contacts.proved' : 'contacts.unproved')}
              </Text>
            </div>
            {mayLink && (
              <Button
                size="xs"
                variant="default"
                aria-label={t('contacts.samePersonOf', { name: [one.name, placeOf(one)].filter(Boolean).join(' · ') })}
                onClick={() => setSame(one)}
              >
                {t('contacts.samePerson')}
              </Button>
            )}
          </Group>
        ))}
      </Stack>
      {same && <MergeForm contact={contact} found={same} onClose={() => setSame(null)} />}
    </Panel>
  );
}
