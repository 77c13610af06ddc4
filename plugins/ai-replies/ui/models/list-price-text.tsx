/** Where a suggested price is from, and what a list says in another currency. */
import { Text } from '@mantine/core';
import { Sentence, Time } from 'patchbay-platform/ui';
import { useTranslation } from 'react-i18next';
import { listPriceOf, PRICES_OF } from './list-prices.ts';

export interface ListPriceTextProps {
  baseUrl: string;
  model: string;
  currency: string;
}

export function ListPriceText({ baseUrl, model, currency }: ListPriceTextProps) {
  const { t } = useTranslation('ai-replies');
  const price = listPriceOf(baseUrl, model, currency);
  if (!price) return null;
  const key = price.currency === currency ? 'form.listPrice' : 'form.listPriceElsewhere';
  return (
    <Text size="sm" c="dimmed" component="div">
      <Sentence
        text={t(key, { ...price, own: currency })}
        parts={{ day: <Time key="day" at={`${PRICES_OF}T12:00:00Z`} style="date" /> }}
      />
    </Text>
  );
}
