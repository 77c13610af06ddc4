/** Answers of models: what was answered, what models were asked, and what it has cost. The measured tenant has a tenth of all. */
import { fill, oneOf, spellingOf } from './filling.ts';
import type { Part } from './parts.ts';

const DAY_MS = 24 * 3600_000;
const ROBOTS = 100;

export const ai: Part = {
  async fill({ services: { db, operatorTenant }, count }) {
    const { uuid, digits } = spellingOf(db);
    const now = Date.now();
    const at = `${now} - (${count} - i) * 100`;
    const tenant = `case when i % 10 = 1 then '${await operatorTenant.id()}' else ${uuid('i % 10', 1)} end`;
    const robot = `'robot_' || (1 + (i - 1) % ${ROBOTS}) || '_growth'`;
    const who = { tenant_id: tenant, robot_id: robot, conversation_id: uuid('i', 4), contact_id: uuid('i', 3) };
    await fill(db, 'ai_replies_turns', count, {
      ...who,
      room: uuid('i', 4),
      state: `'idle'`,
      version: 1,
      due_at: at,
      latest_at: at,
      updated_at: at,
      first_message: `'msg_' || ${digits('i', 12)}`,
      last_message: `'msg_' || ${digits('i', 12)}`,
    });
    await fill(db, 'ai_replies_replies', count, {
      ...who,
      uuid: uuid('i', 5),
      room: uuid('i % 1000', 4),
      state: oneOf('i', ...Array(98).fill('sent'), 'held', 'draft'),
      question: `'how much'`,
      text: `'ten'`,
      message_id: `'msg_' || ${digits('i', 12)}`,
      turn_version: 1,
      sent_at: at,
      created_at: at,
      updated_at: at,
    });
    await fill(db, 'ai_replies_calls', count, {
      ...who,
      uuid: uuid('i', 6),
      purpose: `'reply'`,
      provider: `'fake'`,
      model: `'m'`,
      outcome: oneOf('i', ...Array(99).fill('answered'), 'failed'),
      micros: 10,
      created_at: at,
    });
    const spent = {
      tenant_id: tenant,
      day: `${Math.floor(now / DAY_MS)} - i % 30`,
      calls: 1,
      failures: 0,
      input_tokens: 10,
      output_tokens: 10,
      micros: 10,
    };
    // Each has had something on one of thirty days.
    await fill(db, 'ai_replies_spend', count, { ...spent, kind: `'contact'`, subject: `'contact ' || i` });
    await fill(db, 'ai_replies_spend', 30 * ROBOTS, { ...spent, kind: `'robot'`, subject: `'robot ' || (i / 30)` });
    await fill(db, 'ai_replies_spend', 300, { ...spent, kind: `'tenant'`, subject: `'' || (i / 30)` });
  },
  measured({ services, getAsAdmin: get, cron }) {
    const own = '/api/platform/ai';
    return [
      { what: 'ai: answers', run: () => get(`${own}/replies`) },
      { what: 'ai: answers that wait for a person', run: () => get(`${own}/replies?state=draft`) },
      { what: 'ai: answers of a robot', run: () => get(`${own}/replies?robot_id=robot_1_growth`) },
      { what: 'ai: calls of models', run: () => get(`${own}/calls`) },
      { what: 'ai: calls that have failed', run: () => get(`${own}/calls?outcome=failed`) },
      { what: 'ai: costs by day', run: () => get(`${own}/costs?by=day`) },
      { what: 'ai: costs by robot', run: () => get(`${own}/costs?by=robot`) },
      {
        what: 'ai: whose turn it is',
        run: () => services.turns.find('40000000-0000-7000-8000-000000000011'),
      },
      ...['ai-replies.handOverOverdue', 'ai-replies.lostCalls', 'ai-replies.readLost'].map((name) => ({
        what: `cron: ${name}`,
        times: 3,
        run: () => cron(name),
      })),
    ];
  },
};
