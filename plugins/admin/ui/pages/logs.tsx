/** The log of the server, as it is written: found by a word or a level, wrapped or not, followed, downloaded. */
import {
  Alert,
  Badge,
  Button,
  Code,
  Group,
  NativeSelect,
  Paper,
  Switch,
  Text,
  TextInput,
  UnstyledButton,
} from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import IconDownload from '@tabler/icons-react/dist/esm/icons/IconDownload.mjs';
import IconSearch from '@tabler/icons-react/dist/esm/icons/IconSearch.mjs';
import { EmptyState, Failure, Page, useFormats, useUrlState, Waiting } from 'patchbay-platform/ui';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { LogLine } from '../parts/log-joining.ts';
import { LEVELS, useLog } from '../parts/use-log.ts';
import classes from './logs.module.css';

const CLOCK = { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 } as const;
/** Of another day than today. */
const DAY_AND_CLOCK = { month: 'short', day: 'numeric', ...CLOCK } as const;
const WRITING_MS = 300;
const COLORS: Readonly<Record<string, string>> = { warn: 'yellow', error: 'red', fatal: 'red', info: 'blue' };

export default function Logs() {
  const { t } = useTranslation('admin');
  const [{ level = 'info', search = '', wrap, follow }, setUrl] = useUrlState();
  const { list } = useFormats();
  const [wanted] = useDebouncedValue(search, WRITING_MS);
  const isFollowing = follow !== 'no';
  const isWrapped = wrap === 'yes';
  const { lines, processes, missed, error, retry } = useLog({ level, search: wanted }, isFollowing);
  const query = new URLSearchParams({ level, search: wanted });
  const introOf = (replicas: string[]) => {
    if (replicas.length === 0) return t('logs.intro');
    return t('logs.replica', { count: replicas.length, replicas: list(replicas.sort()) });
  };
  return (
    <Page
      title={t('logs.title')}
      intro={introOf([...processes.values()].map(({ replica }) => replica))}
      actions={
        <Button
          component="a"
          href={`/api/platform/logs/download?${query}`}
          download
          variant="default"
          leftSection={<IconDownload size={16} />}
        >
          {t('logs.download')}
        </Button>
      }
    >
      <Group align="flex-end" gap="sm">
        <TextInput
          label={t('logs.search')}
          leftSection={<IconSearch size={16} />}
          value={search}
          onChange={(event) => setUrl({ search: event.currentTarget.value })}
          maxLength={200}
          flex={1}
          miw={180}
        />
        <NativeSelect
          label={t('logs.level')}
          value={level}
          onChange={(event) => setUrl({ level: event.currentTarget.value })}
          data={LEVELS.map((value) => ({ value, label: t(`logs.levels.${value}`) }))}
        />
        <Switch
          label={t('logs.wrap')}
          checked={isWrapped}
          onChange={(event) => setUrl({ wrap: event.currentTarget.checked ? 'yes' : null })}
          mb={8}
        />
        <Switch
          label={t('logs.follow')}
          checked={isFollowing}
          onChange={(event) => setUrl({ follow: event.currentTarget.checked ? null : 'no' })}
          mb={8}
        />
      </Group>
      {missed && <Alert color="yellow">{t('logs.missed')}</Alert>}
      {error !== null && <Failure error={error} onRetry={retry} />}
      {lines === null && error === null && <Waiting lines={8} />}
      {lines?.length === 0 && <EmptyState title={t('logs.empty')} text={t('logs.emptyText')} />}
      {lines && lines.length > 0 && (
        <Lines lines={lines} isOfMany={processes.size > 1} isWrapped={isWrapped} isFollowing={isFollowing} />
      )}
    </Page>
  );
}

/** The newest are below, as in a terminal; who has scrolled up is left where they are. */
function Lines({
  lines,
  isOfMany,
  ...looks
}: {
  lines: readonly LogLine[];
  isOfMany: boolean;
  isWrapped: boolean;
  isFollowing: boolean;
}) {
  const { t } = useTranslation('admin');
  const { dateTime } = useFormats();
  const box = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const [open, setOpen] = useState<string | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever there are others
  useEffect(() => {
    if (looks.isFollowing && isAtEnd.current) box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [lines, looks.isFollowing]);
  return (
    <Paper
      ref={box}
      withBorder
      radius="md"
      className={classes.box}
      role="log"
      aria-label={t('logs.title')}
      tabIndex={0}
      data-wrapped={looks.isWrapped}
      onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) => {
        isAtEnd.current = scrollTop + clientHeight >= scrollHeight - 24;
      }}
    >
      {lines.map((line) => (
        <div key={keyOf(line)}>
          <UnstyledButton
            className={classes.line}
            aria-expanded={open === keyOf(line)}
            onClick={() => setOpen(open === keyOf(line) ? null : keyOf(line))}
          >
            <Text component="span" c="dimmed" className={classes.part}>
              {line.time === null ? '' : dateTime(line.time, isToday(line.time) ? CLOCK : DAY_AND_CLOCK)}
            </Text>
            <Badge
              size="xs"
              radius="sm"
              variant="light"
              color={COLORS[line.level] ?? 'gray'}
              className={classes.level}
              tt="none"
            >
              {line.level}
            </Badge>
            {isOfMany && (
              <Text component="span" c="dimmed" className={classes.part}>
                {line.process}
              </Text>
            )}
            <span className={classes.message}>{line.message}</span>
            <Text component="span" c="dimmed" className={classes.rest}>
              {line.rest}
            </Text>
          </UnstyledButton>
          {open === keyOf(line) && <Code block>{line.pretty()}</Code>}
        </div>
      ))}
    </Paper>
  );
}

function isToday(time: string | number): boolean {
  return new Date(time).toDateString() === new Date().toDateString();
}

function keyOf({ process, id }: LogLine): string {
  return `${process}.${id}`;
}
