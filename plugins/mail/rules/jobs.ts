/** Jobs: what rules have other plugins do. Each tenant has a lane of its own. */
import Type from 'typebox';
import { defineJob } from '#core/plugin.ts';
import type { RulesScope } from './services.ts';

export const applyRule = defineJob({
  name: 'mail.applyRule',
  summary: 'Does with a mail what a rule says and another plugin knows how to',
  payload: Type.Object({
    message: Type.Integer(),
    rule: Type.Integer(),
    action: Type.String(),
    settings: Type.Unknown(),
  }),
  concurrency: 20,
  perLane: 4,
  run: (ordered, job, { mailRuleActions }: RulesScope) => mailRuleActions.apply(ordered, job),
});
