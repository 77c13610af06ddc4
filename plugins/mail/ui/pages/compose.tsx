/** Writing a mail: from a mailbox of one's own, with files, as an answer, now or later. */
import {
  Button,
  FileButton,
  Group,
  Paper,
  Pill,
  Stack,
  Switch,
  TagsInput,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core';
import IconMail from '@tabler/icons-react/dist/esm/icons/IconMail.mjs';
import IconPaperclip from '@tabler/icons-react/dist/esm/icons/IconPaperclip.mjs';
import IconSend from '@tabler/icons-react/dist/esm/icons/IconSend.mjs';
import { useQueryClient } from '@tanstack/react-query';
import {
  $api,
  ApiError,
  api,
  CannotSendMail,
  EmptyState,
  Failure,
  issueOf,
  Loaded,
  MomentField,
  notifyDone,
  notifyWarning,
  Page,
  Place,
  useCanSendMail,
  useFormats,
  useLeaveGuard,
  useRouter,
  useShortcuts,
  useUrlState,
  Waiting,
} from 'patchbay-platform/ui';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { sentMail } from '../bounds.ts';
import { type Draft, useDraft } from '../parts/draft.ts';
import { encoded, MAX_FILES_BYTES } from '../parts/files.ts';
import { MailboxField } from '../parts/mailbox-field.tsx';
import { NewMailbox } from '../parts/new-mailbox.tsx';

export default function Compose() {
  const { t } = useTranslation('mail');
  const allowance = $api.useQuery('get', '/api/platform/mail/allowance');
  const [state] = useUrlState();
  const draft = useDraft(state);
  const title = state.reply ? t('compose.reply') : state.forward ? t('compose.forward') : t('compose.title');
  return (
    <Page title={title} trail={[{ title: t('reader.title'), to: '/mail' }]}>
      <Loaded of={allowance}>
        {({ may_send, mailboxes, domains }) =>
          !may_send ? (
            <EmptyState title={t('compose.mayNot')} text={t('compose.forbidden')} />
          ) : mailboxes.used === 0 && state.from === undefined && !state.reply && !state.forward && !state.again ? (
            <NoMailbox mayMake={domains.length > 0} />
          ) : draft === null ? (
            <Waiting />
          ) : (
            <Form draft={draft} />
          )
        }
      </Loaded>
    </Page>
  );
}

/** Nothing can be sent from nowhere. */
function NoMailbox({ mayMake }: { mayMake: boolean }) {
  const { t } = useTranslation('mail');
  const [isMaking, setMaking] = useState(false);
  return (
    <>
      <EmptyState
        icon={<IconMail size={24} />}
        title={t('compose.noMailbox')}
        text={t(mayMake ? 'compose.noMailboxText' : 'mailboxes.noDomains')}
        action={mayMake && <Button onClick={() => setMaking(true)}>{t('mailboxes.make')}</Button>}
      />
      <NewMailbox isOpen={isMaking} onClose={() => setMaking(false)} staysHere />
    </>
  );
}

function Form({ draft }: { draft: Draft }) {
  const { t } = useTranslation('mail');
  const { go } = useRouter();
  const { bytes, dateTime } = useFormats();
  const canSend = useCanSendMail();
  const client = useQueryClient();
  const [from, setFrom] = useState(draft.from);
  const [to, setTo] = useState<string[]>(draft.to);
  const [writtenTo, setWrittenTo] = useState('');
  const [subject, setSubject] = useState(draft.subject);
  const [text, setText] = useState(draft.text);
  const [files, setFiles] = useState<File[]>([]);
  const [isLater, setLater] = useState(false);
  const [at, setAt] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const [sentAs, setSentAs] = useState<string | null>(null);
  // The same mail again, after a lost answer, is one mail.
  const [key] = useState(() => crypto.randomUUID());
  const size = files.reduce((sum, file) => sum + file.size, 0);
  const answer = useRef<HTMLTextAreaElement>(null);
  // Whom and about what is known of an answer: what it says is written, above what it answers.
  useEffect(() => {
    if (draft.answerTo === null) return;
    answer.current?.focus();
    answer.current?.setSelectionRange(0, 0);
  }, [draft.answerTo]);
  const isTooLarge = size > MAX_FILES_BYTES;
  const isDirty = text !== draft.text || subject !== draft.subject || files.length > 0;
  useLeaveGuard(isDirty && sentAs === null);
  useEffect(() => {
    if (sentAs !== null) go(`/mail/sent/${sentAs}`, { replace: true });
  }, [sentAs, go]);

  const send = async () => {
    if (isBusy || isTooLarge) return;
    setBusy(true);
    setError(null);
    try {
      const recipients = [...to, writtenTo].map((one) => one.trim()).filter(Boolean);
      const { data } = await api.POST('/api/platform/mail/sent', {
        params: { header: { 'Idempotency-Key': key } },
        body: {
          from: from.trim(),
          to: recipients,
          subject,
          text,
          ...(draft.answerTo !== null && { answer_to: draft.answerTo }),
          ...(files.length > 0 && { files: await Promise.all(files.map(encoded)) }),
          ...(isLater && at !== null && { scheduled_at: at }),
        },
      });
      for (const path of ['/api/platform/mail/sent', '/api/platform/mail/scheduled'])
        void client.invalidateQueries({ queryKey: ['get', path] });
      if (!data) return;
      if (data.scheduled_at) notifyDone(t('compose.scheduled', { time: dateTime(data.scheduled_at) }));
      else if (canSend) notifyDone(t('compose.sent'));
      else notifyWarning(t('compose.logged'));
      setSentAs(data.id);
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };
  useShortcuts([{ keys: 'mod+enter', title: t('compose.send'), run: () => void send() }]);
  const isAddressWrong = error instanceof ApiError && error.code === 'bad_address';

  return (
    <Paper withBorder radius="md" p="md" maw={860}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <Stack gap="sm">
          <CannotSendMail>{t('compose.noMail')}</CannotSendMail>
          <MailboxField label={t('compose.from')} value={from} onChange={setFrom} error={issueOf(error, 'from')} />
          <TagsInput
            label={t('compose.to')}
            placeholder={to.length === 0 ? t('compose.toText') : ''}
            required={to.length === 0}
            value={to}
            onChange={setTo}
            searchValue={writtenTo}
            onSearchChange={setWrittenTo}
            splitChars={[',', ';', ' ']}
            acceptValueOnBlur
            maxTags={sentMail.to.maxItems}
            error={isAddressWrong ? t('error.bad_address') : issueOf(error, 'to')}
          />
          <TextInput
            label={t('compose.subject')}
            {...sentMail.subject}
            value={subject}
            onChange={(event) => setSubject(event.currentTarget.value)}
          />
          <Textarea
            label={t('compose.text')}
            required
            autosize
            minRows={8}
            maxRows={18}
            ref={answer}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <Group gap="xs">
            {draft.answerTo !== null && (
              <Place
                name="mail.answer"
                subject={draft.answerTo}
                put={(chosen) => setText((before) => `${chosen}\n\n${before.trimStart()}`)}
              />
            )}
            <FileButton multiple onChange={(chosen) => setFiles([...files, ...chosen])}>
              {(props) => (
                <Button {...props} variant="default" size="xs" leftSection={<IconPaperclip size={14} aria-hidden />}>
                  {t('compose.attach')}
                </Button>
              )}
            </FileButton>
            {files.map((file, index) => (
              <Pill
                // biome-ignore lint/suspicious/noArrayIndexKey: two files may have the same name
                key={`${file.name} ${index}`}
                withRemoveButton
                removeButtonProps={{
                  'aria-label': t('compose.detach', { name: file.name }),
                  'aria-hidden': false,
                  tabIndex: 0,
                }}
                onRemove={() => setFiles(files.filter((one) => one !== file))}
              >
                {file.name} ({bytes(file.size)})
              </Pill>
            ))}
          </Group>
          {isTooLarge && (
            <Text c="red" size="sm" role="alert">
              {t('compose.tooLarge', { size: bytes(MAX_FILES_BYTES) })}
            </Text>
          )}
          {error !== null && !isAddressWrong && <Failure error={error} />}
          <Group gap="md" align={isLater ? 'flex-end' : 'center'}>
            <Button
              type="submit"
              loading={isBusy}
              disabled={isTooLarge}
              leftSection={<IconSend size={16} aria-hidden />}
            >
              {isLater ? t('compose.schedule') : t('compose.send')}
            </Button>
            <Switch
              label={t('compose.later')}
              checked={isLater}
              onChange={(event) => setLater(event.currentTarget.checked)}
            />
            {isLater && (
              <MomentField
                label={t('scheduled.at')}
                required
                value={at}
                error={issueOf(error, 'scheduled_at')}
                onChange={setAt}
              />
            )}
          </Group>
        </Stack>
      </form>
    </Paper>
  );
}
