/** What stands where data will be, is not, or could not be had. */
import { Alert, Button, Center, Code, Group, Stack, Text, ThemeIcon } from '@mantine/core';
import IconInbox from '@tabler/icons-react/dist/esm/icons/IconInbox.mjs';
import { type ReactNode, use, useEffect, useLayoutEffect, useReducer, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../client/api-error.ts';
import { loadAll } from '../i18n/i18n.ts';
import { CopyButton } from './copy.tsx';
import { Link } from './link.tsx';
import { isSaidAtFields, meaningOf, messageOf, particularsOf, requestIdOf } from './message.ts';
import { Page, type PageProps } from './page.tsx';
import { Trail, type TrailPart } from './trail.ts';
import { Waiting } from './waiting.tsx';

/** A request with dozens of faults is no reason to fill the page with them. */
const MOST_PARTICULARS = 5;

export interface EmptyStateProps {
  title: string;
  /** What to do next. */
  text?: ReactNode;
  action?: ReactNode;
  /** Default: an empty tray. */
  icon?: ReactNode;
}

export function EmptyState({ title, text, action, icon }: EmptyStateProps) {
  return (
    <Center p="xl" px="sm" mih={200}>
      <Stack align="center" gap="xs" maw={460} ta="center">
        <ThemeIcon variant="light" size={48} radius="xl" aria-hidden>
          {icon ?? <IconInbox size={24} stroke={1.6} />}
        </ThemeIcon>
        <Text fw={600}>{title}</Text>
        {text && (
          <Text c="dimmed" size="sm" component="div">
            {text}
          </Text>
        )}
        {action}
      </Stack>
    </Center>
  );
}

export interface FailureProps {
  error: unknown;
  onRetry?: () => void;
  /** Where one goes when it is not there; default: the page above this one. */
  back?: TrailPart | undefined;
}

/**
 * What went wrong, what to do about it, and the id under which the server's log has it. Of a form: what its fields do not
 * say, and no id for what only has to be written otherwise.
 */
export function Failure(props: FailureProps) {
  const [, drawAgain] = useReducer((count: number) => count + 1, 0);
  const { error } = props;
  // Fields that come after it are drawn after it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: for each error once
  useLayoutEffect(drawAgain, [error]);
  return isSaidAtFields(error) ? <SaidAtFields error={error} /> : <FailureAlert {...props} />;
}

/** A field of a password is marked otherwise. */
const WRONG = '[aria-invalid="true"], input[data-invalid]';

/** Nothing to see, as the fields say it: the first of them is where one continues. */
function SaidAtFields({ error }: { error: unknown }) {
  const here = useRef<HTMLSpanElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: for each error once
  useEffect(() => {
    here.current?.closest('form')?.querySelector<HTMLElement>(WRONG)?.focus();
  }, [error]);
  return <span ref={here} hidden />;
}

function FailureAlert({ error, onRetry, back }: FailureProps) {
  const { t } = useTranslation();
  const known = error instanceof ApiError ? error : null;
  const meaning = useMeaning(known);
  const requestId = requestIdOf(error);
  const above = use(Trail).at(-1);
  // To ask again for what is not there helps nobody.
  const way = known?.status === 404 ? (back ?? above) : undefined;
  const particulars = known && meaning !== null ? particularsOf(known).slice(0, MOST_PARTICULARS) : [];
  return (
    <Alert color="red" role="alert" title={meaning ?? messageOf(error, t('failure.offline'))}>
      <Stack gap="xs" align="flex-start">
        {particulars.map(({ text, isEnglish }) => (
          <Text key={text} size="sm" {...(isEnglish && { lang: 'en' })}>
            {text}
          </Text>
        ))}
        {requestId !== null && (
          <Group gap={4}>
            <Text size="xs">{t('failure.requestId')}</Text>
            <Code>{requestId}</Code>
            <CopyButton value={requestId} />
          </Group>
        )}
        {onRetry && way && (
          <Button component={Link} to={way.to} size="xs" variant="default">
            {t('failure.back', { title: way.title })}
          </Button>
        )}
        {onRetry && !way && (
          <Button size="xs" variant="default" onClick={onRetry}>
            {t('failure.retry')}
          </Button>
        )}
      </Stack>
    </Alert>
  );
}

/** What the code means; a plugin whose pages were not opened yet is asked for its texts first. */
function useMeaning(error: ApiError | null): string | null {
  const [, drawAgain] = useReducer((count: number) => count + 1, 0);
  const meaning = error && meaningOf(error);
  const isUnknown = error !== null && meaning === null;
  useEffect(() => {
    if (isUnknown) void loadAll().then(drawAgain);
  }, [isUnknown]);
  return meaning;
}

interface Asked<T> {
  data: T | undefined;
  error: unknown;
  refetch(): unknown;
}

export interface LoadedProps<T> {
  of: Asked<T>;
  lines?: number;
  /** Where one goes when it is not there; default: the page above this one. */
  back?: TrailPart;
  /** The page around the failure, where what is loaded brings its own. */
  failed?: Omit<PageProps, 'children'>;
  children: (data: T) => ReactNode;
}

/** Shows the data of a query once it is there, its outline before, and why it is not. */
export function Loaded<T>({ of, lines, back, failed, children }: LoadedProps<T>) {
  if (of.data !== undefined) return children(of.data);
  if (of.error) {
    const failure = <Failure error={of.error} onRetry={() => void of.refetch()} back={back} />;
    return failed ? <Page {...failed}>{failure}</Page> : failure;
  }
  return <Waiting {...(lines !== undefined && { lines })} />;
}
