/** With what a mail begins: empty, as an answer to another one, passing one on, or as one that was not sent. */
import { $api, useFormats, useRows } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { type OpenMail, useMail } from '../reader/mail-actions.ts';

export interface Draft {
  from: string;
  to: string[];
  subject: string;
  text: string;
  answerTo: number | null;
}

/** A quotation of a whole newsletter helps nobody. */
const MOST_QUOTED = 20_000;

/** Null while what it begins with is being read. What cannot be read leaves it empty. */
export function useDraft(asked: Readonly<Record<string, string>>): Draft | null {
  const { t } = useTranslation('mail');
  const { dateTime } = useFormats();
  const id = Number(asked.reply ?? asked.forward ?? 0) || 0;
  const mail = useMail(id, id > 0);
  const own = useRows('/api/platform/mail/mailboxes', { query: { sort: '-created_at' }, limit: 1 });
  const again = $api.useQuery(
    'get',
    '/api/platform/mail/sent/{id}',
    { params: { path: { id: asked.again ?? '' } } },
    { enabled: asked.again !== undefined },
  );
  if (id > 0 && mail.isPending) return null;
  if (asked.again !== undefined && again.isPending) return null;
  if (again.data) {
    const { from, to, subject, text } = again.data;
    return { from, to: [...to], subject, text, answerTo: null };
  }
  if (id === 0 && asked.from === undefined && own.isPending) return null;
  const empty = { from: asked.from ?? own.data?.[0]?.address ?? '', subject: '', text: '', answerTo: null };
  const given = mail.data;
  if (!given) return { ...empty, to: asked.to ? [asked.to] : [] };
  const name = given.from_name === null ? given.from : `${given.from_name} <${given.from}>`;
  const about = { name, time: dateTime(given.received_at) };
  if (asked.forward)
    return {
      from: given.mailbox,
      to: [],
      subject: prefixed('Fwd:', given.subject),
      text: `\n\n${t('compose.forwardedFrom', { ...about, subject: given.subject })}\n\n${given.text.slice(0, MOST_QUOTED)}`,
      answerTo: null,
    };
  return {
    from: given.mailbox,
    to: [given.from],
    subject: prefixed('Re:', given.subject),
    text: `\n\n${t('compose.wrote', about)}\n${quoted(given)}`,
    answerTo: given.id,
  };
}

function prefixed(prefix: string, subject: string): string {
  return subject.toLowerCase().startsWith(prefix.toLowerCase()) ? subject : `${prefix} ${subject}`;
}

function quoted({ text }: OpenMail): string {
  return text
    .slice(0, MOST_QUOTED)
    .trimEnd()
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n');
}
