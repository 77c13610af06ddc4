/** What robots have heard and were told, with conversations and contacts: a hundredth of it of the one that is measured. */
import type { ReceivedMessage } from '#plugins/robots/conversations/received-message.ts';
import { fill, oneOf, spellingOf } from './filling.ts';
import type { Part, PartContext } from './parts.ts';

const ROBOTS = 100;
/** One of the operator's tenant, which has a tenth of all. */
const ROBOT = 'robot_1_growth';
const DAY_MS = 24 * 3600_000;

export const robots: Part = {
  async fill({ services: { db, operatorTenant }, count }) {
    const { uuid, digits } = spellingOf(db);
    const now = Date.now();
    const at = `${now} - (${count} - i) * 100`;
    const own = await operatorTenant.id();
    const tenant = `case when i % 10 = 1 then '${own}' else ${uuid('i % 10', 1)} end`;
    const robot = `1 + (i - 1) % ${ROBOTS}`;
    await fill(db, 'robots_robots', ROBOTS, {
      robot_id: `'robot_' || i || '_growth'`,
      uuid: uuid('i', 2),
      tenant_id: tenant,
      name: `'Robot ' || i`,
      created_at: now,
      updated_at: now,
    });
    await fill(db, 'robots_contacts', count, {
      uuid: uuid('i', 3),
      tenant_id: tenant,
      channel: `'workbot'`,
      known_as: `'person ' || i`,
      name: `'person ' || i`,
      last_seen_at: at,
      created_at: at,
      updated_at: at,
    });
    await fill(db, 'robots_conversations', count, {
      uuid: uuid('i', 4),
      tenant_id: tenant,
      robot,
      contact: 'i',
      person: `'person ' || i`,
      state: oneOf('i', ...Array(99).fill('closed'), 'open'),
      last_message_at: at,
      last_text: `'text'`,
      created_at: at,
      updated_at: at,
    });
    await fill(db, 'robots_messages', count, {
      message_id: `'msg_' || ${digits('i', 12)}`,
      tenant_id: tenant,
      robot,
      conversation: '1 + (i - 1) % 1000',
      client_id: `'client ' || i`,
      spoken: `'text number ' || i`,
      raw_spoken: `'text'`,
      created_at: at,
    });
    await fill(db, 'robots_commands', count, {
      command_id: `'cmd_' || ${digits('i', 12)}`,
      robot,
      tenant_id: tenant,
      code: 203,
      type: `'send_message'`,
      params: `'{}'`,
      recipient: `'person ' || i`,
      status: `'succeeded'`,
      source: `'api'`,
      due_at: at,
      created_at: at,
      expires_at: `${now} + i`,
      finished_at: at,
    });
    await fill(db, 'robots_counts', Math.min(count, 300_000), {
      robot,
      day: `${Math.floor(now / DAY_MS)} - (i / ${ROBOTS}) % 30`,
      kind: `'contact'`,
      name: `'person ' || i`,
      value: 1,
    });
    await fill(db, 'robots_logs', count, {
      type: oneOf('i', 'api', 'robot'),
      level: oneOf('i', ...Array(99).fill('info'), 'error'),
      message: `'something'`,
      created_at: at,
    });
  },
  measured(context) {
    const { getAsAdmin: get, cron } = context;
    const own = '/api/platform/robots';
    const year = `startDate=${dayText(-29)}&endDate=${dayText(0)}`;
    return [
      { what: 'robots: upload of a message', run: () => upload(context) },
      { what: 'robots: a command', run: () => command(context) },
      {
        what: 'robots: what waits for a robot',
        run: () => context.services.commandDispatch.claim({ robot: 1, over: 'poll', limit: 50 }),
      },
      { what: 'robots: list', run: () => get(`${own}/robots`) },
      { what: 'robots: conversations', run: () => get(`${own}/conversations`) },
      { what: 'robots: conversations, open ones', run: () => get(`${own}/conversations?state=open`) },
      {
        what: 'robots: messages of a conversation',
        run: () => get(`${own}/conversations/40000000-0000-7000-8000-000000000011/messages`),
      },
      { what: 'robots: contacts', run: () => get(`${own}/contacts`) },
      { what: 'robots: statistics of a month', run: () => get(`/api/robots/${ROBOT}/statistics?${year}`) },
      { what: 'robots: log', run: () => get('/api/admin/logs?level=error') },
      ...['robots.sweep', 'robots.tidy'].map((name) => ({ what: `cron: ${name}`, times: 3, run: () => cron(name) })),
    ];
  },
};

function dayText(days: number): string {
  return new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);
}

let uploads = 0;

async function upload({ services }: PartContext): Promise<void> {
  const robot = await services.robots.byRobotId(ROBOT);
  if (!robot) throw new Error('The robot is not there');
  await services.robotMessages.receive(robot, heard(++uploads));
}

function heard(number: number): ReceivedMessage {
  return {
    clientId: `bench ${number}`,
    spoken: 'a text',
    rawSpoken: 'a text',
    person: `person ${number % 50}`,
    group: '',
    groupRemark: '',
    roomType: 2,
    textType: 1,
    atMe: false,
    isSelf: false,
    ownId: null,
    phoneTime: null,
    file: null,
  };
}

async function command({ services }: PartContext): Promise<unknown> {
  const tenantId = (await services.operatorTenant.id()) ?? '';
  const params = { type: 'text', titleList: ['person 7'], content: 'a text' };
  return services.robotCommands.send({
    robotId: ROBOT,
    tenantId,
    code: 203,
    type: 'send_message',
    params,
    origin: 'api',
  });
}
