/** Calls that count what a program has used of a meter. */

type Words = (key: string) => string;

export function meterCalls(t: Words, meter: string) {
  const body = { meter, amount: 1 };
  return [
    { about: t('usage.tryCount'), method: 'POST', path: '/api/platform/billing/usage', body, by: 'key' },
  ] as const;
}
