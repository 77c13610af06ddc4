/** What is asked of an event most often, each in a field of its own. */
import { Autocomplete, Checkbox, Select, SimpleGrid } from '@mantine/core';
import { $api, useMay } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { listOf } from '../../parts/list-answer.ts';
import { useMailboxes } from '../../parts/use-mailboxes.ts';
import { type Chosen, type EventTrigger, hasSome, QUICK, quickValue, SOME, withQuick, withSome } from './entries.ts';
import { useEventNames } from './trigger-text.ts';

const ORDER = ['label', 'input', 'description', 'error'] as const;

/** What is asked most, without a condition to be added for it; what stays empty says nothing. */
export function QuickFields({ value, onChange }: { value: EventTrigger; onChange(value: Chosen): void }) {
  const { t } = useTranslation('workflows');
  const names = useEventNames();
  const quick = QUICK[value.type] ?? [];
  const mailboxes = useMailboxes(value.type === 'mail.received');
  const robots = useRobots(value.type === 'robot.message');
  if (quick.length === 0) return null;
  return (
    <>
      <SimpleGrid cols={{ base: 1, sm: quick.length }} spacing="xs">
        {quick.map(({ field, operator }) => {
          const common = {
            description: field === 'mailbox' ? t('trigger.ownMailboxes') : undefined,
            label: t(`trigger.quick.${operator}`, { field: names.field(value.type, field) }),
            placeholder: t('trigger.anyValue'),
            // The fields of a row stand in one line, with or without a text.
            inputWrapperOrder: [...ORDER],
          };
          const held = quickValue(value, field, operator);
          const put = (next: string) => onChange(withQuick(value, field, operator, next));
          const known = field === 'robot_id' ? robots : [];
          // Robots have names that people know, and ids that they do not.
          return known.length > 0 && (held === '' || known.some((one) => one.value === held)) ? (
            <Select
              key={field}
              {...common}
              data={known}
              value={held === '' ? null : held}
              searchable
              clearable
              clearButtonProps={{ 'aria-label': t('trigger.anyValue') }}
              onChange={(next) => put(next ?? '')}
            />
          ) : (
            <Autocomplete
              key={field}
              {...common}
              data={field === 'mailbox' ? mailboxes : []}
              value={held}
              onChange={put}
            />
          );
        })}
      </SimpleGrid>
      {(SOME[value.type] ?? []).map((field) => (
        <Checkbox
          key={field}
          label={t(`trigger.some.${field}`)}
          checked={hasSome(value, field)}
          onChange={(event) => onChange(withSome(value, field, event.currentTarget.checked))}
        />
      ))}
    </>
  );
}

const MOST_OFFERED = 50;

function useRobots(isWanted: boolean): { value: string; label: string }[] {
  const may = useMay();
  const { data } = $api.useQuery(
    'get',
    '/api/platform/robots/robots',
    { params: { query: { limit: MOST_OFFERED } } },
    { enabled: isWanted && may('robots.robots'), retry: false },
  );
  return listOf(data)?.items.map(({ id, name }) => ({ value: id, label: name || id })) ?? [];
}
