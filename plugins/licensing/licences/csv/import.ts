/** Licences as CSV (RFC 4180), in: existing codes of another shop, or of an export. */
import { CsvProblem, createLimiter, type Progress, recordsOf, type StoredBytes } from '#core/kit.ts';
import type { AppError, Principal, Services, Transaction } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import { licensingErrors } from '../../errors.ts';
import { addCounts, countsOf } from '../counts.ts';
import { recordHistory } from '../licence-rows.ts';
import { freeLicenceId } from '../licences.ts';
import { type Line, lineOf, REQUIRED_COLUMNS, type Setting } from './lines.ts';

/** Gives each piece to `write`, and waits for what that gives. */
type Upload = (write: (chunk: Buffer) => Promise<void> | undefined) => Promise<void>;

export interface LicenceImport {
  /**
   * Takes over existing licences with their codes in any grouping; a code that the tenant has already is left as it is, so
   * that a repeat goes on where a first try ended. Throws `INVALID_CSV` with what is wrong in which line, before anything is
   * written, `IMPORT_RUNNING`, `ISSUER_ENDED` when the tenant was suspended or erased meanwhile, and `limit_exceeded` when the
   * plan has no room for more active licences: what came before is there. `upload` passes the file on as it comes.
   */
  read(principal: Principal, upload: Upload): Promise<{ imported: number; skipped: number }>;
}

const LINES_PER_TRANSACTION = 200;
/** Then nobody reads on either. */
const MOST_ERRORS = 50;
/** Some minutes of writing; larger shops split their files. */
const MOST_LINES = 100_000;
/** Files that this process holds in memory at once, one of a tenant. */
const MOST_FILES = 3;
const MOST_WAITING = 4;

export function createLicenceImport({
  db,
  blobs,
  clock,
  directory,
  operatorTenant,
  operations,
  usage,
}: Services & AuthServices): LicenceImport {
  const limiter = createLimiter(MOST_FILES);
  return { read };

  async function read(principal: Principal, upload: Upload) {
    const { tenantId } = principal;
    const what = { kind: 'licensing.import', title: 'Import of licences', scope: 'licenses:manage', canCancel: true };
    // Who uploads slowly keeps nobody waiting: the file lies on the disk until it is its turn.
    const writer = blobs.writer();
    let stored: StoredBytes | null = null;
    try {
      await upload((chunk) => writer.write(chunk));
      const whole = await writer.finish();
      stored = whole;
      const lane = tenantId ?? '';
      if (limiter.waiting(lane) >= MOST_WAITING) throw licensingErrors.IMPORT_RUNNING();
      return await limiter.run(lane, async () => {
        const file = await blobs.bytesOf(whole);
        return operations.run({ ...what, principal }, (progress) => takeIn(tenantId, file, progress));
      });
    } catch (error) {
      await writer.abort();
      throw error;
    } finally {
      if (stored) await blobs.discard(stored);
    }
  }

  async function takeIn(tenantId: string | null, file: Buffer, progress: Progress) {
    const products = await db.read('licensing_products').where({ tenant_id: tenantId ?? '' });
    const setting: Setting = { tenantId, products, now: clock.now() };
    const owners = await ownersOf(tenantId);
    const total = await checkAll(file, setting);
    let imported = 0;
    let done = 0;
    progress.report({ total });
    // Read a second time: rows of a whole file would need many times its memory. In short transactions: others write too.
    for await (const some of groupsOf(file, setting)) {
      progress.check();
      imported += await db.transaction((trx) => insert(trx, tenantId, owners, some));
      done += some.length;
      progress.report({ done });
    }
    return { imported, skipped: total - imported };
  }

  /** Whose codes open the same programs: the platform's licences and those of the operator's tenant do. */
  async function ownersOf(tenantId: string | null): Promise<readonly string[]> {
    const operator = await operatorTenant.id();
    return tenantId === null || tenantId === operator ? ['', operator ?? ''] : [tenantId];
  }

  async function insert(
    trx: Transaction,
    tenantId: string | null,
    owners: readonly string[],
    lines: Line[],
  ): Promise<number> {
    // A file takes minutes, in which its tenant may be suspended or erased.
    const issuer = tenantId === null ? null : await directory.lockedTenant(trx, tenantId);
    if (tenantId !== null && issuer?.status !== 'active') throw licensingErrors.ISSUER_ENDED();
    // Two files may name the same licence, and in another order: one part of them after the other.
    if (db.client === 'pg') await trx.raw("select pg_advisory_xact_lock(hashtext('licensing.import'))");
    let imported = 0;
    const counts: Record<string, number> = {};
    for (const { license_id: given, ...line } of lines) {
      if (await isThere(trx, line.code, owners)) continue;
      const taken = given && (await trx('licensing_licences').where({ license_id: given }).first('id'));
      const license_id = given && !taken ? given : await freeLicenceId(trx);
      const [licence] = await trx('licensing_licences')
        .insert({ ...line, license_id })
        .onConflict(trx.raw("(coalesce(tenant_id, ''), code)"))
        .ignore()
        .returning('*');
      if (!licence) continue;
      imported++;
      for (const [name, value] of Object.entries(countsOf(licence))) counts[name] = (counts[name] ?? 0) + value;
      await recordHistory(trx, licence, { what: 'imported', detail: {}, at: clock.now() });
    }
    // All at the end and in one order: one after the other, they and somebody who issues would wait for each other.
    await addCounts(usage, trx, tenantId, counts);
    return imported;
  }

  async function isThere(trx: Transaction, code: string, owners: readonly string[]): Promise<boolean> {
    const found = await trx('licensing_licences').where({ code }).select('tenant_id');
    return found.some(({ tenant_id }) => owners.includes(tenant_id ?? ''));
  }
}

/** Gives how many lines there are. */
async function checkAll(file: Buffer, setting: Setting): Promise<number> {
  const errors: { line: number; message: string }[] = [];
  let total = 0;
  try {
    for await (const { cells, line } of recordsOf(file)) {
      total++;
      if (total === 1)
        for (const name of missing(cells)) errors.push({ line: 1, message: `the column ${name} is missing` });
      if (total > MOST_LINES) errors.push({ line, message: `more than ${MOST_LINES} lines; split the file` });
      if (errors.length === 0 || total > 1) lineOf(cells, setting, (message) => void errors.push({ line, message }));
      if (errors.length >= MOST_ERRORS || errors[0]?.line === 1 || total > MOST_LINES) break;
    }
  } catch (error) {
    if (!(error instanceof CsvProblem)) throw error;
    throw invalid([...errors, { line: error.line, message: error.message }], error);
  }
  if (errors.length > 0) throw invalid(errors.slice(0, MOST_ERRORS));
  return total;
}

async function* groupsOf(file: Buffer, setting: Setting): AsyncGenerator<Line[]> {
  let group: Line[] = [];
  for await (const { cells } of recordsOf(file)) {
    group.push(lineOf(cells, setting, () => {}));
    if (group.length < LINES_PER_TRANSACTION) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

function missing(cells: Record<string, string>): string[] {
  return REQUIRED_COLUMNS.filter((name) => !Object.hasOwn(cells, name));
}

function invalid(errors: { line: number; message: string }[], cause?: unknown): AppError {
  return licensingErrors.INVALID_CSV({ extra: { lines: errors }, cause });
}
