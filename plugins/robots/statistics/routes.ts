/** Statistics: of a robot and of a user (§8.1, §8.2), and day by day for pages. */
import Type from 'typebox';
import { route } from '#core/plugin.ts';
import { dayRange, nameOfDay } from './day-range.ts';
import type { StatisticsScope } from './services.ts';
import { aiCost, averageResponseSeconds, type NamedCount, type Sums, successRate, type Whose } from './statistics.ts';

const read = { scope: 'robots:read' };
const Day = (description: string) => Type.Optional(Type.String({ maxLength: 10, description }));
const Range = {
  startDate: Day('First day in UTC, 2024-12-01; default: thirty days with the last'),
  endDate: Day('Last day, included; default: today'),
};
const Count = Type.Integer({ minimum: 0 });
const TopNames = Type.Array(Type.Object({ name: Type.String(), messageCount: Count }));

const robotStatistics = route({
  method: 'GET',
  path: '/api/robots/{robotId}/statistics',
  access: read,
  summary: 'Figures of a robot over days in UTC',
  params: Type.Object({ robotId: Type.String({ maxLength: 60 }) }),
  query: Type.Object(Range),
  responses: {
    200: Type.Object({
      totalMessages: Count,
      totalAICalls: Count,
      avgResponseTime: Type.Number({ description: 'Seconds from a message to its answer' }),
      successRate: Type.Number({ description: 'Percent of the commands that came to an end' }),
      topContacts: TopNames,
      topGroups: TopNames,
    }),
  },
  async handler({ params, query, principal }, { robots, robotStatistics: statistics, clock }: StatisticsScope) {
    const range = dayRange(query.startDate, query.endDate, clock.now());
    const { id } = await robots.ofPrincipal(principal, params.robotId);
    const [sums, contacts, groups] = await Promise.all([
      statistics.sums(id, range),
      statistics.top(id, 'contact', range),
      statistics.top(id, 'group', range),
    ]);
    return {
      totalMessages: sums.messages,
      totalAICalls: sums.ai_calls,
      avgResponseTime: averageResponseSeconds(sums),
      successRate: successRate(sums),
      topContacts: contacts.map(topName),
      topGroups: groups.map(topName),
    };
  },
});

const userStatistics = route({
  method: 'GET',
  path: '/api/user/statistics',
  access: read,
  summary: 'Figures of all robots that the caller may see, over days in UTC',
  query: Type.Object(Range),
  responses: {
    200: Type.Object({
      totalRobots: Count,
      totalMessages: Count,
      totalAICalls: Count,
      aiCost: Type.Number(),
      activationCodeCount: Count,
      activeRobots: Count,
    }),
  },
  async handler({ query, principal }, { robotStatistics: statistics, clock }: StatisticsScope) {
    const range = dayRange(query.startDate, query.endDate, clock.now());
    const [sums, { robots, active, codes }] = await Promise.all([
      statistics.sums(principal, range),
      statistics.holdings(principal, range),
    ]);
    return {
      totalRobots: robots,
      totalMessages: sums.messages,
      totalAICalls: sums.ai_calls,
      aiCost: aiCost(sums),
      activationCodeCount: codes,
      activeRobots: active,
    };
  },
});

const Figures = {
  messages: Count,
  succeeded: Count,
  failed: Count,
  expired: Count,
  answers: Count,
  ai_calls: Count,
  average_response_seconds: Type.Number(),
  success_rate: Type.Number(),
  ai_cost: Type.Number(),
};
const Names = Type.Array(Type.Object({ name: Type.String(), messages: Count }));

const platformStatistics = route({
  method: 'GET',
  path: '/api/platform/robots/statistics',
  access: read,
  summary: 'Figures day by day in UTC, of one robot or of all that the caller may see',
  query: Type.Object({
    from: Day('First day, 2024-12-01; default: thirty days with the last'),
    to: Day('Last day, included; default: today'),
    robot: Type.Optional(Type.String({ maxLength: 60, description: '`robot_…`; default: all' })),
  }),
  responses: {
    200: Type.Object({
      from: Type.String(),
      to: Type.String(),
      totals: Type.Object(Figures),
      days: Type.Array(Type.Object({ day: Type.String(), ...Figures })),
      top_contacts: Names,
      top_groups: Names,
    }),
  },
  async handler({ query, principal }, { robots, robotStatistics: statistics, clock }: StatisticsScope) {
    const range = dayRange(query.from, query.to, clock.now());
    const whose: Whose = query.robot ? (await robots.ofPrincipal(principal, query.robot)).id : principal;
    const [sums, days, contacts, groups] = await Promise.all([
      statistics.sums(whose, range),
      statistics.days(whose, range),
      statistics.top(whose, 'contact', range),
      statistics.top(whose, 'group', range),
    ]);
    return {
      from: nameOfDay(range.first),
      to: nameOfDay(range.last),
      totals: figuresOf(sums),
      days: days.map((day) => ({ day: nameOfDay(day.day), ...figuresOf(day) })),
      top_contacts: contacts.map(messagesOf),
      top_groups: groups.map(messagesOf),
    };
  },
});

export const statisticsRoutes = [robotStatistics, userStatistics, platformStatistics];

function figuresOf(sums: Sums) {
  const { messages, succeeded, failed, expired, answers, ai_calls } = sums;
  return {
    messages,
    succeeded,
    failed,
    expired,
    answers,
    ai_calls,
    ai_cost: aiCost(sums),
    average_response_seconds: averageResponseSeconds(sums),
    success_rate: successRate(sums),
  };
}

function topName({ name, count }: NamedCount) {
  return { name, messageCount: count };
}

function messagesOf({ name, count }: NamedCount) {
  return { name, messages: count };
}
