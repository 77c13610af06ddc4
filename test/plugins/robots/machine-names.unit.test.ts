/** Names of robots that nobody has named. */
import assert from 'node:assert/strict';
import { isNamed, machineName } from '#plugins/robots/robots/machine-names.ts';

describe('names of robots that a phone has made', () => {
  const robot_id = 'robot_1703123456789_abc123';

  it('are in the language of the server, and known in any', () => {
    assert.equal(machineName('abc123', 'en'), 'Robot abc123');
    assert.equal(machineName('abc123', 'zh'), '机器人-abc123');
    for (const language of ['en', 'zh'] as const)
      assert.equal(isNamed({ robot_id, name: machineName('abc123', language) }), false);
  });

  it('are those of its own id alone', () => {
    for (const name of ['Robot', 'Robot abc124', '机器人-abc124', 'Front desk', ''])
      assert.equal(isNamed({ robot_id, name }), true, name);
  });
});
