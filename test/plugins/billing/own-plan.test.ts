/** Pages about one's own plan: for tenants that something limits, or that may choose one; what is used everybody sees. */
import assert from 'node:assert/strict';
import { authConfig, type Person, register, signInAdmin } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

describe('pages about the plan', () => {
  let app: TestPlatform;
  let owner: Person;
  afterEach(() => app.stop());

  const begin = async (billing: Record<string, unknown>) => {
    app = await startPlatform({ plugins: { auth: authConfig, billing } });
    owner = await register(app);
  };
  const shown = async ({ http }: Pick<Person, 'http'> = owner): Promise<string[]> => {
    const { plugins } = (await http.get('/api/platform/ui')).body;
    const { navigation = [], commands = [], cards = [] } = plugins.find((one: any) => one.name === 'billing') ?? {};
    return [...navigation, ...commands, ...cards].map(({ id }: { id: string }) => id);
  };
  const OWN = ['plan', 'change', 'invoices', 'goPlan', 'plan'];
  const USAGE = ['plan', 'goPlan'];

  it('are not shown where nobody sells what everybody has, until somebody is limited or given a plan', async () => {
    await begin({});
    assert.deepEqual(await shown(), USAGE);
    const admin = await signInAdmin(app);
    const own = `/api/platform/billing/tenants/${owner.tenantId}`;
    assert.equal((await admin.http.patch(`${own}/overrides`, { max_sessions: 3 })).status, 200);
    assert.deepEqual(await shown(), OWN);
    assert.equal((await admin.http.patch(`${own}/overrides`, { max_sessions: null })).status, 200);
    assert.deepEqual(await shown(), USAGE);
    assert.equal((await admin.http.post(`${own}/plan`, { plan_id: 'business' })).status, 200);
    assert.deepEqual(await shown(), OWN);
    const others = await register(app);
    assert.deepEqual(await shown(others), USAGE, 'what another tenant has is nothing to them');
    assert.equal((await others.http.get('/api/platform/billing/subscription')).status, 200, 'and nothing is refused');
  });

  it('are shown where plans are sold, and offer none where none is for sale any more', async () => {
    await begin({ defaultPlan: 'free' });
    assert.deepEqual(await shown(), OWN);
    const admin = await signInAdmin(app);
    const { items } = (await admin.http.get('/api/platform/billing/all-plans')).body;
    for (const { id } of items.filter((plan: any) => plan.is_public))
      assert.equal((await admin.http.patch(`/api/v2/admin/plans/${id}`, { is_public: false })).status, 200);
    assert.deepEqual(
      await shown(),
      OWN.filter((id) => id !== 'change'),
    );
  });
});
