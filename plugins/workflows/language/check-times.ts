/** What is wrong with the times of a schedule: its cron expression, and the zone whose clock it means. */
import { CronExpressionParser } from 'cron-parser';
import type { Complain } from './check-use.ts';
import { type Definition, optionsOf } from './definition.ts';

/** As crontab and Kubernetes write it into the expression itself. */
const ZONE_INSIDE = /^\s*(?:CRON_)?TZ\s*=\s*(\S+)/i;

export function checkTimes(definition: Definition, complain: Complain): undefined {
  const { timezone = 'UTC' } = optionsOf(definition);
  const cron = definition.schedule?.cron;
  if (!isZone(timezone))
    return complain('/document/metadata/patchbay/timezone', `There is no time zone '${timezone}'; write Europe/Berlin`);
  if (cron === undefined) return;
  const zone = ZONE_INSIDE.exec(cron)?.[1];
  if (zone !== undefined) {
    const where = `document.metadata.patchbay.timezone: ${zone}`;
    return complain('/schedule/cron', `A cron expression names no time zone; write ${where}`);
  }
  try {
    CronExpressionParser.parse(cron, { tz: timezone }).next();
  } catch {
    complain('/schedule/cron', `'${cron}' is not a cron expression that ever comes true`);
  }
}

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
