/** Work without a pause gives way, tenant by tenant. */
import assert from 'node:assert/strict';
import { nextTurn } from '#plugins/workflows/engine/yield.ts';

/** Longer than all executions together may work in one turn. */
function workLong(): void {
  const until = Date.now() + 7;
  while (Date.now() < until);
}

describe('turns of executions', () => {
  it('go round the tenants, however many executions one of them has', async () => {
    const order: string[] = [];
    const execution = async (tenant: string, steps: number) => {
      for (let step = 0; step < steps; step++) {
        const turn = nextTurn(tenant);
        if (turn) await turn;
        order.push(tenant);
        workLong();
      }
    };
    const many = Array.from({ length: 20 }, () => execution('many', 5));
    const few = execution('few', 5);
    await few;
    const before = order.filter((tenant) => tenant === 'many').length;
    assert.ok(before <= 20 + 6, `${before} steps of the others came first`);
    await Promise.all(many);
    assert.equal(order.length, 105);
  });
});
