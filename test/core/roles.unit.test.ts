/** What a process does beside others is said in the configuration, and a mistake there in a sentence. */
import assert from 'node:assert/strict';
import { startPlatform } from '#test/support/harness.ts';

describe('roles of a process', () => {
  it('that are unknown, or none, are refused in a sentence', async () => {
    await assert.rejects(startPlatform({ config: { roles: ['http', 'cooking'] } }), /roles.*cooking.*http/s);
    await assert.rejects(startPlatform({ config: { roles: [] } }), /roles/);
  });

  it('cannot be left to others on SQLite', async () => {
    await assert.rejects(startPlatform({ config: { roles: ['http', 'smtp'] } }), /leaves out jobs, workflows, parse/);
  });
});
