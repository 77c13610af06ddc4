/** Whom a broadcast reaches, in words. */
import type { TFunction } from 'react-i18next';
import type { Audience } from './audience.ts';

export function audienceFacts(t: TFunction, audience: Audience): (readonly [string, string])[] {
  const { everybody = false, labels = [], groups = [], fields = {}, names = [] } = audience;
  const { seen_within_days: within, unseen_for_days: before } = audience;
  const ways = Object.entries(fields).map(([name, value]) => `${name} = ${value}`);
  return [
    ...(everybody ? [[t('broadcasts.who'), t('broadcasts.whoIs.everybody')] as const] : []),
    ...(labels.length > 0 ? [[t('broadcasts.labels'), labels.join(', ')] as const] : []),
    ...(groups.length > 0 ? [[t('broadcasts.groups'), groups.join(', ')] as const] : []),
    ...(ways.length > 0 ? [[t('broadcasts.fields'), ways.join(', ')] as const] : []),
    ...(within !== undefined ? [[t('broadcasts.heard'), t('broadcasts.inDays', { count: within })] as const] : []),
    ...(before !== undefined ? [[t('broadcasts.heard'), t('broadcasts.notInDays', { count: before })] as const] : []),
    ...(names.length > 0 ? [[t('broadcasts.named'), shortened(names)] as const] : []),
  ];
}

const SHOWN = 20;

function shortened(names: readonly string[]): string {
  return names.length > SHOWN ? `${names.slice(0, SHOWN).join(', ')} … (${names.length})` : names.join(', ');
}
