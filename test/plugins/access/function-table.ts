/** Every function, who may call it, and a call that succeeds for those. A function without a row fails the test. */
import type { TestPlatform } from '#test/support/harness.ts';
import type { Role } from './callers.ts';

export interface World {
  app: TestPlatform;
  tenantId: string;
  /** Mailbox and a message in it, of each person. */
  mailboxes: Record<string, string>;
  messages: Record<string, number>;
  executionId: string;
  /** A robot of each person, and a conversation with it. */
  robots: Record<string, { robot: string; conversation: string; contact: string }>;
}

export interface Row {
  scope: string;
  /** Another one that is needed besides. */
  also?: string;
  roles: readonly Role[];
  /** Asked of the account besides. */
  needsMaySend?: boolean;
  /** Something that is the person's own. */
  input(world: World, person: string): unknown;
}

const EVERYBODY: readonly Role[] = ['owner', 'admin', 'member', 'superadmin'];
const MANAGERS: readonly Role[] = ['owner', 'admin', 'superadmin'];

let made = 0;
const EMAIL = 'ada@example.net';

async function licence({ app, tenantId }: World) {
  return app.services.licences.generate(tenantId, { plan: 'monthly', email: EMAIL, idempotencyKey: `table ${++made}` });
}

export const FUNCTIONS: Record<string, Row> = {
  'billing.subscription': { scope: 'billing:read', roles: EVERYBODY, input: () => ({}) },
  'billing.usage': { scope: 'usage:read', roles: EVERYBODY, input: () => ({ meter: 'messages' }) },
  'billing.consume': { scope: 'usage:manage', roles: MANAGERS, input: () => ({ meter: 'messages' }) },
  'billing.giveBack': {
    scope: 'usage:manage',
    roles: MANAGERS,
    async input({ app, tenantId }) {
      const call = { meter: 'groups', amount: 1, key: `table ${++made}` };
      const { receipt } = await app.services.usageCalls.consume(tenantId, call);
      return { meter: 'groups', receipt };
    },
  },
  'billing.invoices': { scope: 'billing:read', roles: EVERYBODY, input: () => ({}) },
  'licensing.generate': {
    scope: 'licenses:manage',
    roles: MANAGERS,
    input: () => ({ plan: 'monthly', email: EMAIL }),
  },
  'licensing.revoke': {
    scope: 'licenses:manage',
    roles: MANAGERS,
    input: async (world) => ({ license_id: (await licence(world)).license_id }),
  },
  'licensing.extend': {
    scope: 'licenses:manage',
    roles: MANAGERS,
    input: async (world) => ({ license_id: (await licence(world)).license_id, days: 3 }),
  },
  'licensing.verify': {
    scope: 'licenses:read',
    roles: MANAGERS,
    input: async (world) => ({ activation_code: (await licence(world)).code, email: EMAIL }),
  },
  'mail.send': {
    scope: 'mail:send',
    roles: EVERYBODY,
    needsMaySend: true,
    input: ({ mailboxes }, person) => ({ from: mailboxes[person], to: EMAIL, subject: 'Hello', text: 'x' }),
  },
  'mail.reply': {
    scope: 'mail:send',
    also: 'mail:read',
    roles: EVERYBODY,
    needsMaySend: true,
    // As a person would: what programs answer is limited by the hour, whoever calls.
    input: ({ messages }, person) => ({ message_id: messages[person], text: 'Thanks', automatic: false }),
  },
  'mail.forward': {
    scope: 'mail:send',
    also: 'mail:read',
    roles: EVERYBODY,
    needsMaySend: true,
    input: ({ messages }, person) => ({ message_id: messages[person], to: EMAIL }),
  },
  'mail.createMailbox': {
    scope: 'mail:manage',
    roles: EVERYBODY,
    input: ({ mailboxes }, person) => ({ local: mailboxes[person]?.split('@')[0] }),
  },
  'mail.read': {
    scope: 'mail:read',
    roles: EVERYBODY,
    input: ({ messages }, person) => ({ message_id: messages[person] }),
  },
  'mail.find': {
    scope: 'mail:read',
    roles: EVERYBODY,
    input: ({ mailboxes }, person) => ({ mailbox: mailboxes[person] }),
  },
  'mail.waitFor': {
    scope: 'mail:read',
    roles: EVERYBODY,
    input: ({ mailboxes }, person) => ({ mailbox: mailboxes[person], timeout_seconds: 0 }),
  },
  'robots.send': {
    scope: 'messages:send',
    roles: EVERYBODY,
    input: ({ robots }, person) => ({ robot_id: robots[person]?.robot, to: 'Ada', text: 'Hello' }),
  },
  'robots.broadcast': {
    scope: 'robots:manage',
    also: 'messages:send',
    roles: EVERYBODY,
    input: ({ robots }, person) => ({
      name: 'News',
      content: 'News',
      robots: [robots[person]?.robot],
      audience: { names: ['Ada'] },
    }),
  },
  'robots.schedule': {
    scope: 'robots:manage',
    also: 'messages:send',
    roles: EVERYBODY,
    input: ({ robots }, person) => ({
      robot_id: robots[person]?.robot,
      names: ['Ada'],
      content: 'News',
      at: '2099-01-01T09:00',
    }),
  },
  'conversations.assign': {
    scope: 'robots:manage',
    roles: EVERYBODY,
    input: ({ robots }, person) => ({ conversation_id: robots[person]?.conversation, assignee: null }),
  },
  'conversations.handOver': {
    scope: 'robots:manage',
    roles: EVERYBODY,
    input: ({ robots }, person) => ({ conversation_id: robots[person]?.conversation }),
  },
  'contacts.update': {
    scope: 'robots:manage',
    roles: EVERYBODY,
    input: ({ robots }, person) => ({ contact_id: robots[person]?.contact, notes: 'known' }),
  },
  'workflows.start': {
    scope: 'workflows:run',
    roles: MANAGERS,
    input: () => ({ namespace: 'access', name: 'target', input: {} }),
  },
  'workflows.execution': {
    scope: 'workflows:read',
    roles: MANAGERS,
    input: ({ executionId }) => ({ id: executionId }),
  },
};

/** What of a row is somebody's own: for everybody else it is not there. */
export const OWNED = Object.keys(FUNCTIONS).filter((name) => !/^billing|generate|createMailbox/.test(name));
