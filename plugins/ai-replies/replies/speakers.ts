/** Robots that speak without a person, or would as soon as their organisation agrees that models read its texts. */
import type { Principal } from '#core/plugin.ts';
import type { AnsweringRobot } from '#plugins/robots/contract.ts';
import { policyFor } from './policies.ts';
import { wholePolicy } from './policy.ts';
import type { RepliesScope } from './services.ts';

/** As many robots are looked at. */
const MOST_ROBOTS = 1_000;

type Needed = Pick<RepliesScope, 'aiRules' | 'conversations' | 'models' | 'policies' | 'replier'>;

/** Of the robots that the principal may see. */
export async function speakersFor(principal: Principal, scope: Needed): Promise<AnsweringRobot[]> {
  const { tenantId } = principal;
  if (tenantId === null) return [];
  const { needsApproval } = await scope.aiRules.of(tenantId);
  if (needsApproval) return [];
  const [robots, policies] = await Promise.all([
    scope.conversations.robotsOf(principal, MOST_ROBOTS),
    scope.policies.ofTenant(tenantId),
  ]);
  const free = robots.filter(({ robotId, isAutopilot }) => {
    const policy = policies.get(robotId);
    if (!policy) return isAutopilot;
    return !policy.approval && (policy.private !== 'never' || policy.groups !== 'never');
  });
  const areOurs = await Promise.all(free.map(({ settings }) => scope.replier.isOurs(settings, tenantId)));
  return free.filter((_, place) => areOurs[place]);
}

/** How a robot answers, in the words of its page: not at all, by somebody else, by a model that is still missing, as drafts, or without a person. */
export type Answering = 'off' | 'elsewhere' | 'no_model' | 'drafts' | 'alone';

export interface AnsweringState {
  robotId: string;
  answers: Answering;
}

/** Of the robots that the principal may see. */
export async function answeringOf(principal: Principal, scope: Needed): Promise<AnsweringState[]> {
  const { tenantId } = principal;
  if (tenantId === null) return [];
  const [rules, hasModel, robots, policies] = await Promise.all([
    scope.aiRules.of(tenantId),
    scope.models.isSetUp(tenantId),
    scope.conversations.robotsOf(principal, MOST_ROBOTS),
    scope.policies.ofTenant(tenantId),
  ]);
  return Promise.all(
    robots.map(async (robot) => {
      const { robotId, settings } = robot;
      if (!(await scope.replier.isOurs(settings, tenantId))) return { robotId, answers: 'elsewhere' as const };
      const set = policies.get(robotId);
      const policy = set ?? policyFor({ policy: wholePolicy({}), isSet: false }, robot);
      const isSilent = policy.private === 'never' && policy.groups === 'never';
      if (!rules.hasConsent || isSilent) return { robotId, answers: 'off' as const };
      if (!hasModel) return { robotId, answers: 'no_model' as const };
      return { robotId, answers: rules.needsApproval || policy.approval ? ('drafts' as const) : ('alone' as const) };
    }),
  );
}
