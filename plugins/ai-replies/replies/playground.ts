/** The playground (test bench): what would be found, what a model would read, and what it answers. Nothing is sent to anybody. */
import type { Services } from '#core/plugin.ts';
import type { AnsweringRobot, SpokenConversation, SpokenMessage } from '#plugins/robots/contract.ts';
import { aiErrors } from '../errors.ts';
import type { AiRules } from '../tenant-rules.ts';
import type { TrialWish, TriedCall } from '../tools/types.ts';
import type { Answering, Prepared } from './answering.ts';
import type { Policies } from './policies.ts';
import type { Made } from './types.ts';

export interface Trial {
  prepared: Prepared;
  /** Null when no model was to be asked. */
  made: Made | null;
  /** What the model would have called. */
  calls: TriedCall[];
}

export interface TrialOptions {
  ask: boolean;
  /** The model may call these, and not those that the robot was allowed; null for those. */
  tools: TrialWish['tools'];
  signal: AbortSignal;
}

export interface Trials {
  /** Throws `no_consent` and what `models.ask` does, when it is asked. */
  run(robot: AnsweringRobot, text: string, options: TrialOptions): Promise<Trial>;
}

export function createTrials({
  clock,
  aiRules,
  answering,
  policies,
}: Services & {
  aiRules: AiRules;
  answering: Answering;
  policies: Policies;
}): Trials {
  return {
    async run(robot, text, { ask, tools, signal }) {
      const message: SpokenMessage = {
        id: 'try',
        author: 'contact',
        text,
        textType: 1,
        isAtMe: true,
        mediaType: null,
        at: clock.now(),
      };
      const [{ policy }, rules] = await Promise.all([policies.of(robot.robotId), aiRules.of(robot.tenantId)]);
      const calls: TriedCall[] = [];
      const trial: TrialWish = { tools, note: (call) => void calls.push(call) };
      const wish = { spoken: spokenOf(robot, message), pending: [message], policy, rules, trial, signal };
      if (ask && !rules.hasConsent) throw aiErrors.no_consent();
      if (!ask) return { prepared: await answering.prepare(wish), made: null, calls };
      const { prepared, ...made } = await answering.make(wish, 'try');
      return { prepared: prepared ?? (await answering.prepare(wish)), made, calls };
    },
  };
}

/** A conversation with nobody, in which this is all that was said. */
function spokenOf(robot: AnsweringRobot, message: SpokenMessage): SpokenConversation {
  const { robotId, tenantId, name, isNamed, settings, isAutopilot } = robot;
  return {
    id: '',
    tenantId,
    group: '',
    person: '',
    roomType: 0,
    isAutomatic: true,
    isOpen: true,
    robot: { id: robotId, name, isNamed, channel: '', settings, isAutopilot },
    contact: { id: '', name: '', fields: {}, notes: '', consent: 'unknown' },
    messages: [message],
    earlier: [],
  };
}
