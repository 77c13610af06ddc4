/** sample: notes are kept, found by their tenant alone, and announced. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { authConfig, type Person, register, startPlatform, type TestPlatform } from 'patchbay/testing';

const PLUGIN = fileURLToPath(new URL('.', import.meta.url));

describe('the plugin sample', () => {
  let app: TestPlatform;
  let ada: Person;
  before(async () => {
    app = await startPlatform({ plugins: { auth: authConfig, [PLUGIN]: { maxLength: 20 } } });
    ada = await register(app, 'ada');
  });
  after(() => app.stop());

  it('keeps a note and finds it again, for its tenant alone', async () => {
    const made = await ada.http.post('/api/platform/sample/notes', { text: 'Buy milk' });
    assert.equal(made.status, 201);
    const path = `/api/platform/sample/notes/${made.body.id}`;
    assert.deepEqual((await ada.http.get(path)).body, { id: made.body.id, text: 'Buy milk' });
    const eve = await register(app, 'eve');
    assert.equal((await eve.http.get(path)).status, 404);
    assert.equal((await app.http.get(path)).status, 401);
  });

  it('refuses a note that is too long', async () => {
    const answer = await ada.http.post('/api/platform/sample/notes', { text: 'x'.repeat(21) });
    assert.equal(answer.status, 422);
    assert.equal(answer.body.code, 'too_long');
  });
});
