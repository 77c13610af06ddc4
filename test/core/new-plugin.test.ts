/** The template of new plugins: its own test passes as it is, on the database of this run. */
import assert from 'node:assert/strict';
import { patchbay } from '#test/support/command-line.ts';

describe('the template of new plugins', () => {
  it('passes its own test', async () => {
    const { PATCHBAY_TEST_DATABASE, PATCHBAY_TEST_PG_URL } = process.env;
    const { code, out, err } = await patchbay(['test', 'package/new-plugin'], {
      PATCHBAY_TEST_DATABASE,
      PATCHBAY_TEST_PG_URL,
    });
    assert.deepEqual([code, /pass 7/.test(out)], [0, true], out + err);
  }).timeout(60_000);
});
