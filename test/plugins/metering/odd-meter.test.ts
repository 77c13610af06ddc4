/** A meter of somebody else that cannot say what there is keeps none of the others from being put right. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { register } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { startMetered, usedOf } from './support.ts';

describe('a meter of somebody else that fails', () => {
  let app: TestPlatform;
  let folder: string;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'patchbay-meter-'));
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    const present = "present() { throw new Error('cannot count'); }";
    writeFileSync(
      join(folder, 'index.js'),
      `export default { name: 'odd', summary: 's', meters: [{ name: 'odd_things', summary: 's', period: 'current', ${present} }] };`,
    );
    app = await startMetered({ [folder]: {}, licensing: {} });
  });
  after(async () => {
    await app.stop();
    rmSync(folder, { recursive: true });
  });

  it('is named, and the others are put right', async () => {
    const owner = await register(app);
    await owner.http.post('/api/platform/licensing/licences', { plan: 'yearly', email: 'ada@example.com' });
    assert.equal(await usedOf(app, owner.tenantId, 'licences'), 1);
    await app.services.db.write('billing_usage').where({ tenant_id: owner.tenantId }).update({ used: 7 });
    app.services.usageMeters.invalidate();
    await assert.rejects(app.services.usageMeters.reconcile(), /Counting what there is: 1 of \d+ failed/);
    assert.equal(await usedOf(app, owner.tenantId, 'licences'), 1);
  });
});
