/** A backup that is brought into a fresh installation, when somebody asks for it twice at once, or again right after it failed. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { create } from 'tar';
import { createFreshRestores, type FreshRestoreParts, type RestoreAdmission } from '#core/backup/fresh-restore.ts';
import { systemClock } from '#core/clock.ts';
import { createLog } from '#core/observability/log.ts';
import { temporaryFolder } from '#test/support/backups.ts';

const FILES = 300;

describe('a restore into a fresh installation, asked for twice', () => {
  let dataDir: string;
  let archive: Buffer;

  before(async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'files'));
    for (let count = 0; count < FILES; count++) writeFileSync(join(folder, 'files', `${count}`), 'x');
    const packed = Readable.from(create({ gzip: true, cwd: folder }, ['.']), { objectMode: false });
    archive = Buffer.concat(await packed.toArray());
  });
  beforeEach(() => {
    dataDir = temporaryFolder();
  });

  /** Of an installation whose database takes a moment to say that nobody is there. */
  function restores() {
    const services = {
      coreConfig: { dataDir, backups: { leaveFreeMb: 0 }, database: { client: 'sqlite3' } },
      db: { client: 'sqlite' },
      hooks: {
        async run(_name: string, admission: RestoreAdmission) {
          admission.isUnused = async () => {
            await pause(20);
            return true;
          };
        },
      },
      log: createLog({ level: 'silent' }),
      clock: systemClock(),
    };
    return createFreshRestores({
      services: services as unknown as FreshRestoreParts['services'],
      sources: [],
      outcome: null,
      restart: () => () => {},
    });
  }
  const sent = async (to: ReturnType<typeof restores>): Promise<string> => {
    const { id } = await to.open('token');
    await to.receive(id, { at: 0, total: archive.length, stream: Readable.from([archive]) });
    return id;
  };
  const ended = async (of: ReturnType<typeof restores>, id: string): Promise<void> => {
    while (of.state(id).phase !== 'failed') await pause(1);
  };

  it('is begun once', async () => {
    const all = restores();
    const id = await sent(all);
    const begun = await Promise.allSettled([1, 2, 3].map(() => all.begin(id, null, '')));
    assert.deepEqual(begun.map(({ status }) => status).sort(), ['fulfilled', 'rejected', 'rejected']);
    await ended(all, id);
    await all.stop();
  });

  it('is not taken away by another one while it is being unpacked', async () => {
    const all = restores();
    const id = await sent(all);
    const [begun, other] = await Promise.allSettled([all.begin(id, null, ''), all.open('token')]);
    assert.deepEqual([begun.status, other.status], ['fulfilled', 'rejected']);
    await ended(all, id);
    await all.stop();
  });

  it('has failed once nothing is left of what was unpacked, where the next try unpacks', async () => {
    const all = restores();
    const id = await sent(all);
    await all.begin(id, null, '');
    await ended(all, id);
    const [incoming = ''] = readdirSync(dataDir).filter((name) => name.startsWith('.incoming-'));
    assert.equal(existsSync(join(dataDir, incoming, 'content')), false);
    assert.notEqual((await all.begin(id, null, '')).phase, 'failed');
    await ended(all, id);
    await all.stop();
  });
});
