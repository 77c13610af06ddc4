/** Who imports waits in line while others have all places, and is not refused. */
import assert from 'node:assert/strict';
import { createImportPlaces } from '#plugins/ai-replies/knowledge/bulk/import-places.ts';

describe('places for imports', () => {
  const { signal } = new AbortController();

  it('are one of a tenant, and go to who has waited longest', async () => {
    const places = createImportPlaces(2);
    const turns: string[] = [];
    for (const tenant of ['a', 'b', 'c', 'd']) assert.equal(places.enter(tenant), true);
    assert.equal(places.enter('a'), false, 'it has one');
    const waiting = ['a', 'b', 'c', 'd'].map((tenant) => places.turn(signal).then(() => turns.push(tenant)));
    await Promise.all(waiting.slice(0, 2));
    assert.deepEqual(turns, ['a', 'b']);
    places.leave();
    await waiting[2];
    places.leave();
    await waiting[3];
    assert.deepEqual(turns, ['a', 'b', 'c', 'd']);
    places.exit('a');
    assert.equal(places.enter('a'), true);
  });

  it('are given to nobody who has given up', async () => {
    const places = createImportPlaces(1);
    const given = new AbortController();
    assert.equal(await places.turn(signal), true);
    const [gone, next] = [places.turn(given.signal), places.turn(signal)];
    given.abort();
    assert.equal(await gone, false);
    places.leave();
    assert.equal(await next, true);
    assert.equal(await places.turn(given.signal), false);
  });

  it('end somewhere', () => {
    const places = createImportPlaces(1);
    const entered = Array.from({ length: 100 }, (_, tenant) => places.enter(String(tenant))).filter(Boolean).length;
    assert.ok(entered > 10 && entered < 100);
  });
});
