/** What is known of somebody by their e-mail addresses: a section of each plugin that has something, of what the reader may see. */
import { Anchor, Group, Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { $api } from '../client/api.ts';
import type { paths } from '../client/openapi.d.ts';
import { textIn } from '../i18n/i18n.ts';
import { Link } from './link.tsx';
import { Loaded } from './states.tsx';
import { Money, State, Time } from './values.tsx';

type Answer = paths['/api/platform/about-people']['get']['responses'][200]['content']['application/json'];
type Section = Answer['sections'][number];

export interface AboutPersonProps {
  /** None: there is nothing to look for. */
  addresses: readonly string[];
  /** Sections that the page has itself. */
  without?: readonly string[];
}

export function AboutPerson({ addresses, without = [] }: AboutPersonProps) {
  const { t } = useTranslation();
  const email = addresses.join(',');
  const known = $api.useQuery(
    'get',
    '/api/platform/about-people',
    { params: { query: { email } } },
    { enabled: email !== '' },
  );
  if (email === '')
    return (
      <Text size="sm" c="dimmed">
        {t('aboutPerson.noAddress')}
      </Text>
    );
  return (
    <Stack gap="md">
      <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
        {t('aboutPerson.by', { addresses: addresses.join(', ') })}
      </Text>
      <Loaded of={known} lines={4}>
        {({ sections }) =>
          sections.filter(({ id }) => !without.includes(id)).map((section) => <Known key={section.id} {...section} />)
        }
      </Loaded>
    </Stack>
  );
}

function Known({ title, rows, more, all, failed }: Section) {
  const { t } = useTranslation();
  return (
    <section aria-label={textIn(title)}>
      <Group justify="space-between" gap="xs" wrap="nowrap">
        <Title order={3} size="h6">
          {textIn(title)}
        </Title>
        {all !== null && rows.length > 0 && (
          <Anchor component={Link} to={all} size="xs" aria-label={t('aboutPerson.allOf', { title: textIn(title) })}>
            {t('aboutPerson.all')}
          </Anchor>
        )}
      </Group>
      {rows.length === 0 && (
        <Text size="sm" c="dimmed">
          {t(failed ? 'aboutPerson.failed' : 'aboutPerson.none')}
        </Text>
      )}
      <Stack component="ul" gap={6} p={0} m={0} mt={4}>
        {rows.map((row) => (
          <li key={row.path} style={{ listStyle: 'none' }}>
            <Group justify="space-between" gap="xs" wrap="nowrap">
              <Anchor component={Link} to={row.path} size="sm" truncate>
                {row.title}
              </Anchor>
              {row.state && <State value={row.state.value} text={textIn(row.state.text)} />}
            </Group>
            <Text size="xs" c="dimmed" component="div" truncate>
              {row.money && (
                <>
                  <Money {...row.money} />
                  {' · '}
                </>
              )}
              {row.detail !== null && `${row.detail} · `}
              <Time at={row.at} style="ago" />
            </Text>
          </li>
        ))}
      </Stack>
      {more && all === null && (
        <Text size="xs" c="dimmed">
          {t('aboutPerson.more')}
        </Text>
      )}
    </section>
  );
}
