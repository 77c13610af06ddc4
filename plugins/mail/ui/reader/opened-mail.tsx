/** The open mail: who, when, whether it is true, what to do with it, and what it says. */
import {
  ActionIcon,
  Alert,
  Badge,
  Box,
  Button,
  Group,
  Menu,
  Stack,
  TagsInput,
  Text,
  Title,
  Tooltip,
} from '@mantine/core';
import IconArrowBackUp from '@tabler/icons-react/dist/esm/icons/IconArrowBackUp.mjs';
import IconArrowForwardUp from '@tabler/icons-react/dist/esm/icons/IconArrowForwardUp.mjs';
import IconArrowLeft from '@tabler/icons-react/dist/esm/icons/IconArrowLeft.mjs';
import IconDownload from '@tabler/icons-react/dist/esm/icons/IconDownload.mjs';
import IconMail from '@tabler/icons-react/dist/esm/icons/IconMail.mjs';
import IconShield from '@tabler/icons-react/dist/esm/icons/IconShield.mjs';
import IconTrash from '@tabler/icons-react/dist/esm/icons/IconTrash.mjs';
import IconUser from '@tabler/icons-react/dist/esm/icons/IconUser.mjs';
import {
  AboutPerson,
  CopyButton,
  EmptyState,
  Link,
  Loaded,
  MoreMenu,
  paneStyle,
  Sheet,
  Time,
} from 'patchbay-platform/ui';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { changeMessage } from '../bounds.ts';
import { NobodysMailbox } from '../parts/nobodys-mailbox.tsx';
import { Attachments } from './attachments.tsx';
import { Authentication } from './authentication.tsx';
import { type MailActions, type OpenMail, useMail } from './mail-actions.ts';
import { MailBody } from './mail-body.tsx';
import classes from './reader.module.css';
import { Thread } from './thread.tsx';

/** What others may be asked about; senders may write anything. */
const ADDRESS = /^[^\s@,]{1,64}@[^\s@,]{1,255}$/u;

interface OpenedMailProps {
  id: number;
  actions: MailActions;
  onClose(): void;
  onOpen(id: number): void;
  onRemove(): void;
  onUnread(): void;
  onRead(mail: OpenMail): void;
  maySend: boolean;
}

export function OpenedMail(props: OpenedMailProps) {
  const { t } = useTranslation('mail');
  const query = useMail(props.id);
  const { data } = query;
  const { onRead } = props;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each mail
  useEffect(() => {
    if (data) onRead(data);
  }, [data?.id]);
  return (
    <div className={`${paneStyle.scroll} ${classes.opened}`}>
      <ActionIcon
        className={paneStyle.back}
        variant="subtle"
        color="gray"
        size="lg"
        m="xs"
        mb={0}
        aria-label={t('reader.back')}
        onClick={props.onClose}
      >
        <IconArrowLeft size={18} />
      </ActionIcon>
      <Loaded of={query} back={{ title: t('reader.title'), to: '/mail' }}>
        {(mail) => <Mail key={mail.id} mail={mail} {...props} />}
      </Loaded>
    </div>
  );
}

/** What stands there while no mail is open. */
export function NoMail() {
  const { t } = useTranslation('mail');
  return <EmptyState title={t('reader.choose')} text={t('reader.chooseText')} icon={<IconMail size={24} />} />;
}

function Mail({ mail, actions, onOpen, onRemove, onUnread, maySend }: OpenedMailProps & { mail: OpenMail }) {
  const { t } = useTranslation('mail');
  const heading = useRef<HTMLHeadingElement>(null);
  const [isAbout, setAbout] = useState(false);
  // On a telephone alone; elsewhere they are always there.
  const [areDetailsShown, setDetailsShown] = useState(false);
  const details = { className: classes.details, 'data-shown': areDetailsShown || undefined };
  const { id, folder, subject, from, from_name, to, mailbox, received_at, verification_code, tags, attachments } = mail;
  useEffect(() => {
    // Where the list is still to be seen, whoever walks through it stays there.
    if (document.activeElement === document.body) heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <>
      <Stack gap="xs" p="md" pb={0}>
        <Group justify="space-between" align="flex-start" gap="xs">
          <Title order={2} size="h3" ref={heading} tabIndex={-1} flex="1 1 14rem" style={{ outline: 'none' }}>
            {subject || t('reader.noSubject')}
          </Title>
          <Group gap={4}>
            {maySend && (
              <>
                <Action
                  to={`/mail/compose?reply=${id}`}
                  label={t('reader.reply')}
                  icon={<IconArrowBackUp size={18} />}
                />
                <Action
                  to={`/mail/compose?forward=${id}`}
                  label={t('reader.forward')}
                  icon={<IconArrowForwardUp size={18} />}
                />
              </>
            )}
            {ADDRESS.test(from) && (
              <Action onClick={() => setAbout(true)} label={t('reader.sender')} icon={<IconUser size={18} />} />
            )}
            <Action onClick={onUnread} label={t('reader.markUnread')} icon={<IconMail size={18} />} />
            <Action onClick={onRemove} label={t('reader.delete')} icon={<IconTrash size={18} />} />
            <MoreMenu size="lg" label={t('reader.further')}>
              <Menu.Item hiddenFrom="sm" onClick={() => setDetailsShown(!areDetailsShown)}>
                {t(areDetailsShown ? 'reader.hideDetails' : 'reader.showDetails')}
              </Menu.Item>
              <Menu.Item
                component="a"
                href={`/api/email/${id}/download`}
                download
                leftSection={<IconDownload size={16} aria-hidden />}
              >
                {t('reader.download')}
              </Menu.Item>
              {folder === 'inbox' && (
                <Menu.Item
                  leftSection={<IconShield size={16} aria-hidden />}
                  onClick={() => void actions.move(id, 'quarantine')}
                >
                  {t('reader.quarantineIt')}
                </Menu.Item>
              )}
            </MoreMenu>
          </Group>
        </Group>
        <Group justify="space-between" gap="xs" align="flex-start">
          <div style={{ minWidth: 0 }}>
            <Text size="sm" fw={600}>
              {from_name ?? from}
              {from_name !== null && (
                <Text component="span" size="sm" c="dimmed" fw={400}>
                  {` <${from}>`}
                </Text>
              )}
            </Text>
            <Text size="xs" c="dimmed">
              {t('reader.to', { to: to || mailbox })} · <Time at={received_at} />
            </Text>
          </div>
          <Box {...details}>
            <Authentication mail={mail} />
          </Box>
        </Group>
        {folder === 'quarantine' && (
          <Alert color="yellow" p="xs">
            <Group justify="space-between" gap="xs">
              {t('quarantine.held')}
              <Button size="xs" onClick={() => void actions.move(id, 'inbox')}>
                {t('quarantine.release')}
              </Button>
            </Group>
          </Alert>
        )}
        <Box visibleFrom="sm">
          <NobodysMailbox address={mailbox} />
        </Box>
        {mail.parse_error && (
          <Alert color="yellow" p="xs">
            {t('reader.notParsed', { reason: mail.parse_error })}
          </Alert>
        )}
        {verification_code && (
          <Group gap="xs">
            <Text size="sm">{t('reader.code')}</Text>
            <Badge size="lg" radius="sm" variant="light" tt="none" ff="monospace">
              {verification_code}
            </Badge>
            <CopyButton value={verification_code} label={t('reader.copyCode')} />
          </Group>
        )}
        <TagsInput
          {...details}
          size="xs"
          aria-label={t('reader.tags')}
          placeholder={tags.length === 0 ? t('reader.addTag') : ''}
          value={tags}
          splitChars={[',', ' ']}
          maxTags={changeMessage.tags.maxItems}
          onChange={(next) =>
            void actions.tag(
              id,
              next.map((tag) => tag.trim().slice(0, 50)).filter((tag) => !/[\s,]/.test(tag) && tag),
            )
          }
        />
        {attachments.length > 0 && <Attachments id={id} attachments={attachments} />}
        <Thread mail={mail} onOpen={onOpen} />
      </Stack>
      <MailBody mail={mail} />
      {/* On a telephone the mail comes first. */}
      <Box hiddenFrom="sm" p="md">
        <NobodysMailbox address={mailbox} />
      </Box>
      {isAbout && (
        <Sheet title={from_name ?? from} onClose={() => setAbout(false)} size="md">
          <AboutPerson addresses={[from]} />
        </Sheet>
      )}
    </>
  );
}

function Action({ label, icon, to, onClick }: { label: string; icon: ReactNode; to?: string; onClick?(): void }) {
  return (
    <Tooltip label={label}>
      {to === undefined ? (
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={label} onClick={onClick}>
          {icon}
        </ActionIcon>
      ) : (
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={label} component={Link} to={to}>
          {icon}
        </ActionIcon>
      )}
    </Tooltip>
  );
}
