/** How the areas of core are tried. */
import { randomUUID } from 'node:crypto';
import { access, constants, mkdir } from 'node:fs/promises';
import type { CoreConfig } from '../config/schema.ts';
import { coreErrors, messageOf } from '../errors.ts';
import { createMailer } from '../mailer/mailer.ts';
import { HostKeyError } from '../offsite/host-key.ts';
import { openTarget, tryTarget } from '../offsite/target.ts';
import { createOutbound } from '../outbound/outbound.ts';
import { safeEqual } from '../security/tokens.ts';
import type { Services } from '../services.ts';
import { isNewer, readVersionFile } from '../updates/version-file.ts';
import { coreVersion } from '../version.ts';
import type { SettingsArea, SettingsCandidate, SettingsFinding } from './areas.ts';
import { movesDoors, triedAddress, triedDoors } from './new-address.ts';

/** Of a place for backups. */
const TRY_MS = 20_000;

type Candidate = SettingsCandidate<CoreConfig>;
/** Purpose of the answer by which a server knows itself. */
export const REACH = 'settings.reach';
export const REACH_PATH = '/api/platform/server/reach';

const sending: SettingsArea = {
  area: 'sending',
  target: { en: 'Send the test to', zh: '测试邮件发送到' },
  async test({ config: { mailer }, target }: Candidate, { log, outbound }) {
    if (mailer.transport === 'log') return [{ ok: false, text: 'Mail is written to the log only: it reaches nobody' }];
    const trial = createMailer({ config: mailer, log, outbound });
    try {
      const { id } = await trial.send({
        to: target,
        subject: 'Test mail from Patchbay',
        text: 'This is a test: mail from this server reaches you.',
      });
      return [{ ok: true, text: `Handed over for ${target} (${id})` }];
    } catch (error) {
      return [{ ok: false, text: messageOf(error) }];
    } finally {
      trial.close();
    }
  },
};

const outgoing: SettingsArea = {
  area: 'outgoing',
  target: { en: 'Address to call', zh: '要访问的地址' },
  async test({ config: { http }, target }: Candidate, { log, clock }) {
    const trial = createOutbound({ config: http.outbound, log, clock });
    try {
      const { status } = await trial.request(target, { method: 'GET', redirects: 0, maxBytes: 65_536 });
      return [{ ok: true, text: `${target} answers with status ${status}` }];
    } catch (error) {
      return [{ ok: false, text: messageOf(error) }];
    } finally {
      await trial.close();
    }
  },
};

const general: SettingsArea = {
  area: 'general',
  async test({ config: { http, updates } }: Candidate, services) {
    const present = services.coreConfig.http;
    const found = movesDoors(http, present)
      ? await triedAddress(http, present, services)
      : [await reaches(http.publicUrl, services)];
    return updates.url === null ? found : [...found, await offers(updates.url, services)];
  },
};

async function offers(url: string, { outbound }: Services): Promise<SettingsFinding> {
  try {
    const said = await readVersionFile(url, outbound);
    const what = isNewer(said, coreVersion()) ? 'newer than' : 'not newer than';
    return { ok: true, text: `The version file offers ${said.version}, ${what} ${coreVersion()}` };
  } catch (error) {
    return { ok: false, text: messageOf(error) };
  }
}

/** Whether an address leads to this server: who answers there has its secret. */
async function reaches(
  publicUrl: string,
  { outbound, secrets }: Pick<Services, 'outbound' | 'secrets'>,
): Promise<SettingsFinding> {
  const nonce = randomUUID();
  const url = `${publicUrl}${REACH_PATH}?nonce=${nonce}`;
  try {
    const answer = await outbound.request(url, { trusted: url, maxBytes: 1024, redirects: 0 });
    const isThis = answer.status === 200 && safeEqual(answer.text(), secrets.sign(REACH, nonce));
    return isThis
      ? { ok: true, text: `${publicUrl} leads to this server` }
      : { ok: false, text: `${publicUrl} leads to something else, which answers with status ${answer.status}` };
  } catch (error) {
    return { ok: false, text: `${publicUrl} cannot be reached from this server: ${messageOf(error)}` };
  }
}

/**
 * Throws when nobody could sign in at the public address that is wanted: cookies and links are made for it. Where the server is to
 * listen elsewhere after the next start nothing can answer yet: what that start needs is looked at instead.
 */
export async function refuseUnreachable(
  { coreConfig: wanted }: { coreConfig: CoreConfig },
  origin: string,
  services: Pick<Services, 'coreConfig' | 'outbound' | 'secrets'>,
): Promise<void> {
  const { publicUrl } = wanted.http;
  if (movesDoors(wanted.http, services.coreConfig.http)) {
    const wrong = (await triedDoors(wanted.http, services.coreConfig.http)).filter((finding) => !finding.ok);
    if (wrong.length > 0) throw coreErrors.setting_locks_out({ message: wrong.map(({ text }) => text).join('\n') });
    return;
  }
  if (publicUrl === services.coreConfig.http.publicUrl || publicUrl === origin) return;
  const { ok, text } = await reaches(publicUrl, services);
  if (!ok) throw coreErrors.setting_locks_out({ message: text });
}

const backups: SettingsArea = {
  area: 'backups',
  async test({ config: { backups: wanted } }: Candidate, { outbound }) {
    const elsewhere = await triedElsewhere(wanted.target, outbound);
    try {
      // As the first backup does: before it, there is none.
      await mkdir(wanted.folder, { recursive: true, mode: 0o700 });
      await access(wanted.folder, constants.W_OK);
      return [{ ok: true, text: `Backups can be written to ${wanted.folder}` }, ...elsewhere];
    } catch (error) {
      return [{ ok: false, text: messageOf(error) }, ...elsewhere];
    }
  },
};

/** A small file is written there, found, read and deleted. */
async function triedElsewhere(
  config: CoreConfig['backups']['target'],
  outbound: Services['outbound'],
): Promise<SettingsFinding[]> {
  const target = await openTarget(config, outbound);
  if (!target) return [];
  try {
    await tryTarget(target, AbortSignal.timeout(TRY_MS));
    return [{ ok: true, text: `${target.label}: a small file was written, found, read and deleted` }];
  } catch (error) {
    return [{ ok: false, text: `${target.label}: ${messageOf(error)}`, ...offerOf(error, config) }];
  }
}

/** The key of a server that nobody has confirmed yet. One that has changed is not offered: it is looked into, and written by hand. */
function offerOf(error: unknown, { sftp }: CoreConfig['backups']['target']): Pick<SettingsFinding, 'offer'> {
  if (!(error instanceof HostKeyError) || sftp.fingerprint !== '') return {};
  return { offer: { setting: 'backups.target.sftp', values: { fingerprint: error.seen } } };
}

export const coreSettings: readonly SettingsArea[] = [general, sending, outgoing, backups];
