/** Robots that speak without a person, or would as soon as their organisation agrees that models read its texts. */
import type { Principal } from '#core/plugin.ts';
import type { AnsweringRobot } from '#plugins/robots/contract.ts';
import type { RepliesScope } from './services.ts';

/** As many robots are looked at. */
const MOST_ROBOTS = 1_000;

type Needed = Pick<RepliesScope, 'aiRules' | 'conversations' | 'policies' | 'replier'>;

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
