/**
 * What a mail says. Nothing of it is HTML of this page: laid out it stands in a frame, from an address of its own under a
 * policy of its own, with no script, no form and no origin; everything else is text.
 */
import { Alert, Anchor, Button, Group, ScrollArea, Tabs, Text } from '@mantine/core';
import { $api, Facts, Loaded, useFormats } from 'patchbay-platform/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { LinkedText } from './linked-text.tsx';
import type { OpenMail } from './mail-actions.ts';
import classes from './reader.module.css';

type View = 'html' | 'text' | 'headers' | 'source';

export function MailBody({ mail }: { mail: OpenMail }) {
  const { t } = useTranslation('mail');
  const [view, setView] = useState<View>(mail.has_html ? 'html' : 'text');
  const views: readonly View[] = mail.has_html ? ['html', 'text', 'headers', 'source'] : ['text', 'headers', 'source'];
  return (
    <Tabs
      value={view}
      onChange={(chosen) => setView(views.find((one) => one === chosen) ?? 'text')}
      className={classes.body}
      keepMounted={false}
      mt="xs"
    >
      <Tabs.List px="md">
        {views.map((one) => (
          <Tabs.Tab key={one} value={one}>
            {t(`body.${one}`)}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {mail.has_html && (
        <Tabs.Panel value="html" className={classes.body}>
          <LaidOut mail={mail} />
        </Tabs.Panel>
      )}
      <Tabs.Panel value="text" p="md">
        {mail.text.trim() === '' ? (
          <Text c="dimmed">{t('body.noText')}</Text>
        ) : (
          <LinkedText text={mail.text} className={classes.text} />
        )}
      </Tabs.Panel>
      <Tabs.Panel value="headers" p="md">
        <Source id={mail.id} part="headers" />
      </Tabs.Panel>
      <Tabs.Panel value="source" p="md">
        <Source id={mail.id} part="source" />
      </Tabs.Panel>
    </Tabs>
  );
}

function LaidOut({ mail }: { mail: OpenMail }) {
  const { t } = useTranslation('mail');
  const [withImages, setWithImages] = useState(false);
  const { id, subject, has_remote_pictures } = mail;
  return (
    <>
      {has_remote_pictures && !withImages && (
        <Alert color="gray" p="xs" radius={0} style={{ flexShrink: 0 }}>
          <Group gap="xs" justify="space-between">
            <Text size="sm">{t('body.picturesHeld')}</Text>
            <Button size="compact-sm" variant="default" onClick={() => setWithImages(true)}>
              {t('body.showPictures')}
            </Button>
          </Group>
        </Alert>
      )}
      <iframe
        key={String(withImages)}
        className={classes.frame}
        title={t('body.frame', { subject: subject || t('reader.noSubject') })}
        src={`/api/platform/mail/messages/${id}/page${withImages ? '?images=1' : ''}`}
        sandbox="allow-popups allow-popups-to-escape-sandbox"
        referrerPolicy="no-referrer"
      />
    </>
  );
}

function Source({ id, part }: { id: number; part: 'headers' | 'source' }) {
  const { t } = useTranslation('mail');
  const { bytes } = useFormats();
  const query = $api.useQuery('get', '/api/platform/mail/messages/{id}/source', { params: { path: { id } } });
  return (
    <Loaded of={query}>
      {({ headers, source, size_bytes, is_cut }) =>
        part === 'headers' ? (
          <Facts of={headers.map(({ name, value }) => [name, value] as const)} />
        ) : (
          <>
            {is_cut && (
              <Text size="sm" c="dimmed" mb="xs">
                {t('body.cut', { size: bytes(size_bytes) })}{' '}
                <Anchor href={`/api/email/${id}/download`} download size="sm">
                  {t('reader.download')}
                </Anchor>
              </Text>
            )}
            <ScrollArea.Autosize mah={600} tabIndex={0} role="region" aria-label={t('body.source')}>
              <pre className={classes.source}>{source}</pre>
            </ScrollArea.Autosize>
          </>
        )
      }
    </Loaded>
  );
}
