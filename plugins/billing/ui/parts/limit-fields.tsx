/** Limits by their names: a number, or nothing for no limit. */
import { NumberInput, SimpleGrid } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { createAdminPlan } from '../bounds.ts';
import { useNames } from './names.ts';

/** What is written: an empty text is no limit, or none of its own. */
export type WrittenLimits = Readonly<Record<string, number | ''>>;

interface LimitFieldsProps {
  names: readonly string[];
  values: WrittenLimits;
  onChange(values: WrittenLimits): void;
  /** What stands in an empty field. */
  placeholder(name: string): string;
}

export function LimitFields({ names, values, onChange, placeholder }: LimitFieldsProps) {
  const known = useNames();
  const { t } = useTranslation('billing');
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm" role="group" aria-label={t('limit.title')}>
      {names.map((name) => (
        <NumberInput
          key={name}
          label={known.limit(name)}
          placeholder={placeholder(name)}
          value={values[name] ?? ''}
          onChange={(value) => onChange({ ...values, [name]: typeof value === 'number' ? value : '' })}
          {...createAdminPlan.limits.each}
          thousandSeparator=" "
          hideControls
        />
      ))}
    </SimpleGrid>
  );
}
