/** How values look everywhere: times, money, states, yes and no, and lists of them beside their names. */
import { Badge, Text } from '@mantine/core';
import { Fragment, type ReactNode, useEffect, useState } from 'react';
import { useFormats } from '../i18n/formats.ts';
import classes from './values.module.css';

type Moment = string | number | Date;
const MINUTE_MS = 60_000;

/** A time in the viewer's zone; UTC when it is pointed at. `ago`: as a distance that keeps true while it is looked at. */
export function Time({ at, style = 'full' }: { at: Moment | null | undefined; style?: 'full' | 'ago' | 'date' }) {
  const formats = useFormats();
  useMinutes(style === 'ago');
  if (at === null || at === undefined || at === '') return <span>–</span>;
  const text = style === 'ago' ? formats.ago(at) : style === 'date' ? formats.date(at) : formats.dateTime(at);
  return (
    <time dateTime={new Date(at).toISOString()} title={formats.utc(at)}>
      {text}
    </time>
  );
}

function useMinutes(isOn: boolean): void {
  const [, tick] = useState(0);
  useEffect(() => {
    if (!isOn) return;
    const timer = setInterval(() => tick((count) => count + 1), MINUTE_MS);
    return () => clearInterval(timer);
  }, [isOn]);
}

export function Money({ amount, currency }: { amount: number; currency: string }) {
  return <span className={classes.number}>{useFormats().money(amount, currency)}</span>;
}

export function Count({ value }: { value: number | null | undefined }) {
  const { number } = useFormats();
  return <span className={classes.number}>{value === null || value === undefined ? '–' : number(value)}</span>;
}

const COLORS: Readonly<Record<string, string>> = {
  ...of('teal', 'active', 'ok', 'done', 'completed', 'paid', 'sent', 'verified', 'pass', 'delivered', 'accepted', 'up'),
  ...of('blue', 'running', 'open', 'trialing', 'scheduled', 'queued', 'pending', 'waiting', 'draft', 'processing'),
  ...of(
    'yellow',
    'suspended',
    'logged',
    'past_due',
    'expired',
    'snoozed',
    'softfail',
    'neutral',
    'retrying',
    'greylisted',
  ),
  ...of(
    'red',
    'dead',
    'failed',
    'faulted',
    'failing',
    'bounced',
    'revoked',
    'uncollectible',
    'fail',
    'error',
    'rejected',
  ),
};

function of(color: string, ...states: string[]): Record<string, string> {
  return Object.fromEntries(states.map((state) => [state, color]));
}

/** A state by its word of the API, with the text that people read. */
export function State({ value, text }: { value: string; text?: string }) {
  return (
    <Badge variant="light" color={COLORS[value] ?? 'gray'} tt="none" radius="sm">
      {text ?? value}
    </Badge>
  );
}

/** A short name of the machine's, in a row of many; `Code` of Mantine costs a list more. */
export function Mono({ children, title }: { children: string; title?: string }) {
  return (
    <code className={classes.mono} title={title}>
      {children}
    </code>
  );
}

/** Names and values of one thing. */
export function Facts({ of: facts }: { of: readonly (readonly [name: string, value: ReactNode] | null | false)[] }) {
  return (
    <dl className={classes.facts}>
      {facts.map(
        (fact) =>
          fact && (
            <Fragment key={fact[0]}>
              <dt>
                <Text component="span" size="sm" c="dimmed">
                  {fact[0]}
                </Text>
              </dt>
              <dd>{fact[1] ?? '–'}</dd>
            </Fragment>
          ),
      )}
    </dl>
  );
}
