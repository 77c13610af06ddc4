/**
 * Stripe for tests: speaks its HTTP API as the official SDK does (form-encoded bodies, idempotency keys, lists in pages,
 * errors), keeps its objects, and sends webhooks signed by the SDK itself. Tests pay, renew and fail by its methods.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Stripe } from 'stripe';
import type { Answer, Client } from './client.ts';

export const SECRET_KEY = 'sk_test_patchbay';
export const WEBHOOK_SECRET = 'whsec_test_secret_of_patchbay';

type Thing = Record<string, any>;

export interface FakeStripe {
  url: string;
  /** What plugins.billing.stripe has to be. */
  config: { secretKey: string; webhookSecret: string; apiBase: string };
  /** Every request that reached it: method, path, idempotency key. */
  requests: { method: string; path: string; key: string; body: Thing }[];
  things(kind: string): Thing[];
  /** Something that happens at Stripe itself: a charge, a dispute. */
  put(kind: string, thing: Thing): Thing;
  get(kind: string, id: string): Thing;
  /** The next requests fail: with a status, or by hanging up after the work was done. */
  fail(how: number | 'hang up', times?: number): void;
  /** The customer pays a checkout session; gives the subscription. */
  pay(sessionId: string): Thing;
  /** The period ends and is paid or not; a schedule's next phase comes into force. */
  renew(subscriptionId: string, outcome?: 'paid' | 'failed'): Thing;
  invoice(subscriptionId: string): Thing;
  event(type: string, object: Thing, more?: Thing): Thing;
  /** Sends an event with a signature; options spoil it. */
  send(http: Client, event: Thing, options?: { secret?: string; at?: number; body?: string }): Promise<Answer>;
  /** All that is there and was asked: as at the beginning. */
  forget(): void;
  stop(): Promise<void>;
}

const MONTH = 30 * 24 * 3600;

export async function startStripe(now: () => number): Promise<FakeStripe> {
  const objects = new Map<string, Map<string, Thing>>();
  const answered = new Map<string, { body: string; status: number; answer: string }>();
  const requests: FakeStripe['requests'] = [];
  const failures: (number | 'hang up')[] = [];
  let counter = 0;
  const seconds = (): number => Math.floor(now() / 1000);
  const sdk = new Stripe(SECRET_KEY);

  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;

  return {
    url,
    config: { secretKey: SECRET_KEY, webhookSecret: WEBHOOK_SECRET, apiBase: url },
    requests,
    things: (kind) => [...kindOf(kind).values()],
    put,
    get,
    fail: (how, times = 1) => void failures.push(...Array(times).fill(how)),
    pay,
    renew,
    invoice,
    event: (type, object, more = {}) => ({
      id: newId('evt'),
      object: 'event',
      api_version: '2026-10-28.endive',
      created: seconds(),
      type,
      data: { object: structuredClone(object) },
      ...more,
    }),
    async send(http, event, { secret = WEBHOOK_SECRET, at = seconds(), body } = {}) {
      const payload = JSON.stringify(event);
      const header = sdk.webhooks.generateTestHeaderString({ payload, secret, timestamp: at });
      return http.send('POST', '/api/v2/billing/webhooks/stripe', body ?? payload, { 'stripe-signature': header });
    },
    forget() {
      for (const kept of [objects, answered]) kept.clear();
      for (const list of [requests, failures]) list.length = 0;
    },
    stop: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of request) text += chunk;
    const { pathname, searchParams } = new URL(request.url ?? '/', url);
    const method = request.method ?? 'GET';
    const key = String(request.headers['idempotency-key'] ?? '');
    const form = parseForm(new URLSearchParams(text));
    requests.push({ method, path: pathname, key, body: form });
    const failure = failures.shift();
    if (typeof failure === 'number') {
      const type = failure === 402 ? 'card_error' : 'api_error';
      return send(response, failure, { error: { type, message: 'down' } });
    }
    if (request.headers.authorization !== `Bearer ${SECRET_KEY}`)
      return send(response, 401, { error: { type: 'invalid_request_error', message: 'Invalid API Key' } });
    const before = key ? answered.get(key) : undefined;
    if (before && before.body !== pathname + text)
      return send(response, 400, { error: { type: 'idempotency_error', message: 'Same key, other parameters' } });
    let status = before?.status ?? 200;
    let answer = before?.answer;
    if (answer === undefined) {
      const result = answerTo(method, pathname, form, searchParams);
      status = result.error ? (result.status ?? 404) : 200;
      answer = JSON.stringify(result.error ? { error: result.error } : result);
      if (key && method !== 'GET') answered.set(key, { body: pathname + text, status, answer });
    }
    if (failure === 'hang up') return void request.socket.destroy();
    response.writeHead(status, {
      'content-type': 'application/json',
      'request-id': newId('req'),
      ...(before && { 'idempotent-replayed': 'true' }),
    });
    response.end(answer);
  }

  function answerTo(method: string, path: string, form: Thing, query: URLSearchParams): Thing {
    const [, , first = '', second, third] = path.split('/');
    if (first === 'checkout' && path.endsWith('/expire')) return expire(third ?? '');
    if (first === 'checkout' && method === 'POST') return newSession(form);
    if (first === 'checkout') return found('checkout_sessions', third ?? '');
    if (first === 'billing_portal' && !kindOf('customers').has(form.customer)) return noCustomer(form.customer);
    if (first === 'billing_portal')
      return { id: newId('bps'), object: 'billing_portal.session', url: `${url}/p/session/${form.customer}` };
    if (first === 'customers' && third === 'balance_transactions')
      return create('balance_transactions', { customer: second, ...form });
    if (first === 'subscription_schedules') return schedule(second, third, form);
    if (method === 'GET') return second ? found(first, second) : list(first, query);
    if (method === 'DELETE') return cancelNow(second ?? '');
    if (second) return update(first, second, form);
    return create(first, form);
  }

  function create(kind: string, form: Thing): Thing {
    const prefix = { products: 'prod', prices: 'price', coupons: 'coupon', customers: 'cus' }[kind] ?? 'obj';
    if (kind === 'prices' && !kindOf('products').has(form.product)) return missing('product', form.product);
    if (form.id && kindOf(kind).has(form.id))
      return {
        status: 400,
        error: { type: 'invalid_request_error', code: 'resource_already_exists', message: 'exists' },
      };
    return put(kind, {
      id: form.id ?? newId(prefix),
      object: kind.slice(0, -1),
      active: true,
      created: seconds(),
      metadata: {},
      ...form,
      ...(form.unit_amount !== undefined && { unit_amount: Number(form.unit_amount) }),
    });
  }

  function update(kind: string, id: string, form: Thing): Thing {
    const thing = kindOf(kind).get(id);
    if (!thing) return missing(kind, id);
    if (thing.declined && form.payment_behavior === 'error_if_incomplete')
      return { status: 402, error: { type: 'card_error', code: 'card_declined', message: 'declined' } };
    const { items, cancel_at_period_end, active, ...plain } = form;
    Object.assign(thing, plain);
    if (active !== undefined) thing.active = active === 'true';
    if (cancel_at_period_end !== undefined) {
      thing.cancel_at_period_end = cancel_at_period_end === 'true';
      thing.canceled_at = thing.cancel_at_period_end ? seconds() : null;
    }
    if (items) thing.items.data[0].price = get('prices', items[0].price);
    return thing;
  }

  function newSession(form: Thing): Thing {
    const price = form.line_items?.[0]?.price;
    if (!kindOf('prices').has(price)) return missing('price', price);
    if (form.customer && !kindOf('customers').has(form.customer)) return noCustomer(form.customer);
    const id = newId('cs_test');
    return put('checkout_sessions', {
      id,
      object: 'checkout.session',
      url: `${url}/c/pay/${id}`,
      status: 'open',
      subscription: null,
      customer: null,
      ...form,
    });
  }

  function expire(id: string): Thing {
    const session = kindOf('checkout_sessions').get(id);
    if (session?.status === 'open') return Object.assign(session, { status: 'expired' });
    return { status: 400, error: { type: 'invalid_request_error', message: 'Only open sessions can be expired' } };
  }

  function pay(sessionId: string): Thing {
    const session = get('checkout_sessions', sessionId);
    if (session.status !== 'open') throw new Error(`The session is ${session.status}`);
    const customer = session.customer ?? put('customers', { id: newId('cus'), email: session.customer_email }).id;
    const price = get('prices', session.line_items[0].price);
    const trial = Number(session.subscription_data?.trial_period_days ?? 0) * 24 * 3600;
    const length = trial || (price.recurring.interval === 'year' ? 365 * 24 * 3600 : MONTH);
    const subscription = put('subscriptions', {
      id: newId('sub'),
      object: 'subscription',
      customer,
      status: trial ? 'trialing' : 'active',
      metadata: session.subscription_data?.metadata ?? {},
      cancel_at_period_end: false,
      canceled_at: null,
      trial_end: trial ? seconds() + trial : null,
      start_date: seconds(),
      schedule: null,
      items: {
        object: 'list',
        data: [{ id: newId('si'), price, current_period_start: seconds(), current_period_end: seconds() + length }],
      },
    });
    Object.assign(session, { status: 'complete', subscription: subscription.id, customer });
    return subscription;
  }

  function renew(id: string, outcome: 'paid' | 'failed' = 'paid'): Thing {
    const subscription = get('subscriptions', id);
    const item = subscription.items.data[0];
    if (subscription.cancel_at_period_end) return cancelNow(id);
    const planned = subscription.schedule ? get('subscription_schedules', subscription.schedule) : null;
    const next = planned?.phases?.[1]?.items?.[0]?.price;
    if (next) {
      item.price = get('prices', next);
      subscription.schedule = null;
    }
    item.current_period_start = item.current_period_end;
    item.current_period_end += item.price.recurring.interval === 'year' ? 365 * 24 * 3600 : MONTH;
    subscription.status = outcome === 'paid' ? 'active' : 'past_due';
    return subscription;
  }

  function invoice(id: string): Thing {
    const subscription = get('subscriptions', id);
    const item = subscription.items.data[0];
    const amount = item.price.unit_amount;
    return put('invoices', {
      id: newId('in'),
      object: 'invoice',
      created: seconds(),
      currency: item.price.currency,
      subtotal: amount,
      total: amount,
      total_discount_amounts: [],
      lines: { object: 'list', data: [{ description: '1 × plan', amount }] },
      period_start: item.current_period_start,
      period_end: item.current_period_end,
      parent: {
        type: 'subscription_details',
        subscription_details: { subscription: id, metadata: subscription.metadata },
      },
    });
  }

  function schedule(id: string | undefined, verb: string | undefined, form: Thing): Thing {
    if (!id) {
      const made = put('subscription_schedules', { id: newId('sub_sched'), object: 'subscription_schedule', ...form });
      get('subscriptions', form.from_subscription).schedule = made.id;
      return made;
    }
    const found = get('subscription_schedules', id);
    if (verb === 'release') get('subscriptions', found.from_subscription).schedule = null;
    return Object.assign(found, form);
  }

  function cancelNow(id: string): Thing {
    const subscription = kindOf('subscriptions').get(id);
    if (!subscription) return missing('subscription', id);
    return Object.assign(subscription, { status: 'canceled', canceled_at: seconds(), cancel_at_period_end: false });
  }

  function list(kind: string, query: URLSearchParams): Thing {
    const limit = Number(query.get('limit') ?? 10);
    const all = [...kindOf(kind).values()].reverse().filter((thing) => isWanted(thing, query));
    const after = query.get('starting_after');
    const start = after ? all.findIndex(({ id }) => id === after) + 1 : 0;
    return {
      object: 'list',
      url: `/v1/${kind}`,
      data: all.slice(start, start + limit),
      has_more: start + limit < all.length,
    };
  }

  /** The filters that the tests need: `invoice=in_1`, `payment[payment_intent]=pi_1`, `created[gte]=1`. */
  function isWanted(thing: Thing, query: URLSearchParams): boolean {
    const payment = query.get('payment[payment_intent]');
    if (payment && thing.payment?.payment_intent !== payment) return false;
    if (Number(query.get('created[gte]') ?? 0) > (thing.created ?? 0)) return false;
    const plain = ['invoice', 'subscription', 'status'].filter((name) => query.has(name));
    return plain.every((name) => thing[name] === query.get(name));
  }

  function found(kind: string, id: string): Thing {
    return kindOf(kind).get(id) ?? missing(kind, id);
  }

  function missing(kind: string, id: string): Thing {
    return { error: { type: 'invalid_request_error', code: 'resource_missing', message: `No such ${kind}: '${id}'` } };
  }

  function noCustomer(id: string): Thing {
    const { error } = missing('customer', id);
    return { status: 400, error: { ...error, param: 'customer' } };
  }

  function get(kind: string, id: string): Thing {
    const thing = kindOf(kind).get(id);
    if (!thing) throw new Error(`No such ${kind}: ${id}`);
    return thing;
  }

  function put(kind: string, thing: Thing): Thing {
    kindOf(kind).set(thing.id, thing);
    return thing;
  }

  function kindOf(kind: string): Map<string, Thing> {
    let map = objects.get(kind);
    if (!map) {
      map = new Map();
      objects.set(kind, map);
    }
    return map;
  }

  function newId(prefix: string): string {
    counter++;
    return `${prefix}_${String(counter).padStart(6, '0')}`;
  }
}

function send(response: ServerResponse, status: number, body: Thing): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

/** `items[0][price]=x` → `{ items: [{ price: 'x' }] }`, with objects for lists: tests read both alike. */
function parseForm(params: URLSearchParams): Thing {
  const form: Thing = {};
  for (const [name, value] of params) {
    const path = name.split(/[[\]]+/).filter(Boolean);
    let place = form;
    for (const part of path.slice(0, -1)) {
      place[part] ??= {};
      place = place[part];
    }
    place[path.at(-1) ?? ''] = value;
  }
  return form;
}
