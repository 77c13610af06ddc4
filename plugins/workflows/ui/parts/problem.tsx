/** What went wrong with an execution or a task, and what can be done about it. */
import { Alert, Anchor, Button, Group, Text } from '@mantine/core';
import { isRecord, Link, Sentence, useMe } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { useFieldTexts } from '../editor/forms/texts.ts';
import { useStepNames } from '../steps/step-names.ts';

/** An error of the DSL: its title, and what it says in detail. */
export function Problem({
  error,
  onShow,
  editor,
}: {
  error: unknown;
  onShow?: (reference: string) => void;
  /** Where the step that failed is edited with its data. */
  editor?: (reference: string) => string;
}) {
  const { t } = useTranslation('workflows');
  const named = useNamed();
  if (!isRecord(error)) return null;
  const { title, detail, status, type, instance } = error;
  const blocked = blockedIn(detail);
  const head = blocked ? t('problem.blocked') : typeof title === 'string' ? title : String(type ?? status ?? '');
  return (
    <Alert color="red" title={head} p="sm">
      {blocked && <Blocked {...blocked} />}
      {!blocked && typeof detail === 'string' && detail !== head && (
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {named(detail)}
        </Text>
      )}
      {typeof instance === 'string' && (onShow || editor) && (
        <Group gap="xs" mt="xs">
          {onShow && (
            <Button size="compact-sm" variant="default" onClick={() => onShow(instance)}>
              {t('execution.showFailed')}
            </Button>
          )}
          {editor && (
            <Button size="compact-sm" variant="default" component={Link} to={editor(instance)}>
              {t('execution.inEditor')}
            </Button>
          )}
        </Group>
      )}
    </Alert>
  );
}

/** With what people call a function and its fields: "mail.reply: There is no such message (message_id 7)". */
function useNamed(): (detail: string) => string {
  const names = useStepNames();
  const texts = useFieldTexts();
  return (detail) =>
    detail
      .replace(/^[a-z][\w-]*\.\w+(?=: )/, (call) => names.title(call))
      .replace(/\b\w+_id(?= [^()]*\)$)/g, (field) => texts.input(field) ?? field);
}

interface BlockedCall {
  request: string;
  host: string;
  /** As it is allowed: with the port that was called. */
  address: string;
}

/** Of a call that the server does not make: addresses of its own network have to be allowed. Null for any other problem. */
function blockedIn(detail: unknown): BlockedCall | null {
  const found =
    /^(?<request>.*): (?<host>\S+) (?:leads to an address that )?may not be reached; see http\.outbound\.allow$/s.exec(
      String(detail),
    );
  const { request = '', host = '' } = found?.groups ?? {};
  const port = /^\S+ https?:\/\/[^/?#]*:(?<port>\d+)(?:[/?#]|$)/.exec(request)?.groups?.port;
  // Of IPv6 the whole address is allowed: its port would be read as a part of it.
  return found && { request, host, address: port && !host.includes(':') ? `${host}:${port}` : host };
}

function Blocked({ request, host, address }: BlockedCall) {
  const { t } = useTranslation('workflows');
  const mayAllow = useMe().user?.is_superadmin === true;
  const page = (
    <Anchor key="page" component={Link} to={`/settings/server/outgoing?allow=${encodeURIComponent(address)}`} size="sm">
      {t('problem.outgoing')}
    </Anchor>
  );
  return (
    <Text size="sm" component="div" style={{ overflowWrap: 'anywhere' }}>
      <div>{request}</div>
      <Sentence
        text={t(mayAllow ? 'problem.allow' : 'problem.askForIt', { host })}
        parts={{ page: mayAllow ? page : t('problem.outgoing') }}
      />
    </Text>
  );
}
