/** A trigger as a sentence: "A mail arrives, and subject contains “invoice”". */
import { useTranslation } from 'react-i18next';
import type { Condition, Trigger } from './trigger.ts';

/** Monday first, as in most calendars; 0 is Sunday. */
export const WEEK = [1, 2, 3, 4, 5, 6, 0] as const;

/** What people call an event, and a field of one; by its own name where there is no text. */
export function useEventNames() {
  const { t } = useTranslation('workflows');
  const key = (type: string) => type.replaceAll('.', '_');
  return {
    event: (type: string) => t(`trigger.event.${key(type)}`, { defaultValue: type }),
    field: (type: string, field: string) =>
      t([`trigger.field.${key(type)}_${field}`, `trigger.field.${field}`], { defaultValue: field }),
  };
}

/** `type`: of the event, where the trigger is written in a way of its own. */
export function useTriggerText(): (trigger: Trigger, type: string | null) => string {
  const { t } = useTranslation('workflows');
  const names = useEventNames();
  const condition = (type: string, { field, operator, value }: Condition) =>
    t([`trigger.says.${operator}_${field}`, `trigger.says.${operator}`], {
      field: inSentence(names.field(type, field)),
      value: String(value),
    });
  return (trigger, type) => {
    if (trigger.kind === 'call') {
      if (!trigger.hook) return t('trigger.says.hand');
      return t(trigger.hook === true ? 'trigger.says.open' : 'trigger.says.signed');
    }
    if (trigger.kind === 'other')
      return type === null ? t('trigger.says.other') : t('trigger.says.otherEvent', { event: names.event(type) });
    if (trigger.kind === 'every')
      return t('trigger.says.every', {
        amount: trigger.amount,
        unit: t(`trigger.unit.${trigger.unit}`, { count: trigger.amount }),
      });
    if (trigger.kind === 'at') {
      const { days, time, zone } = trigger;
      const named = WEEK.filter((day) => days.includes(day)).map((day) => t(`trigger.day.${day}`));
      const says = named.length === 0 ? 'trigger.says.daily' : 'trigger.says.weekly';
      return t(says, { time, zone, days: named.join(', ') });
    }
    const { type: heard, conditions } = trigger;
    return [names.event(heard), ...conditions.map((one) => condition(heard, one))].join(t('trigger.says.and'));
  };
}

/** Within a sentence a name begins with a small letter, unless it is an abbreviation. */
function inSentence(name: string): string {
  return name.replace(/^\p{Lu}(?=[\p{Ll}-])/u, (letter) => letter.toLowerCase());
}
