/** Many documents at once: a ZIP of files, or CSV or lines of JSON. Long work with its progress; what is wrong with one is said of it. */

import type { Static } from 'typebox';
import {
  CsvProblem,
  isAppError,
  messageOf,
  type OperationView,
  type Progress,
  type StoredBytes,
  sanitizeText,
} from '#core/kit.ts';
import type { Principal, Services } from '#core/plugin.ts';
import type { AiRepliesConfig } from '../../config.ts';
import { aiErrors } from '../../errors.ts';
import type { Documents } from '../documents.ts';
import { Unreadable } from '../reading/blocks.ts';
import { isZip } from '../reading/kind.ts';
import type { BaseRow } from '../tables.ts';
import { type Archive, openArchive } from './archive.ts';
import { createImportPlaces } from './import-places.ts';
import { type Intake, type IntakeFile, STEP_BYTES, STEP_FILES, type Taken } from './intake.ts';
import { type PageRow, rowsOf } from './rows.ts';

/** Gives each piece to `write`, and waits for what that gives. */
type Upload = (write: (chunk: Buffer) => Promise<void> | undefined) => Promise<void>;

export interface BulkImport {
  /**
   * Begins, once all has come that `upload` passes on. Throws `bad_import` when nothing of it can be read, and `import_running`
   * while another one of the tenant is under way, or very many wait. While others have all places it waits for its turn.
   */
  start(principal: Principal, base: BaseRow, upload: Upload): Promise<Static<typeof OperationView>>;
}

export interface ImportResult extends Record<Taken, number> {
  failed: number;
  /** The first of them; `line` is 0 for a file of a ZIP. */
  errors: { line: number; name: string; message: string }[];
}

const MOST_FILES = 10_000;
/** Files that this process has in memory at once. */
const MOST_RUNNING = 3;
/** What nobody points to is swept away after an hour. */
const LONGEST_WAIT_MS = 50 * 60_000;
/** A result is small: the first ones tell what is wrong with the others. */
const MOST_ERRORS = 30;
const LONGEST_NAME = 80;
const LONGEST_MESSAGE = 150;

export function createBulkImport({
  db,
  blobs,
  clock,
  operations,
  documents,
  intake,
  config,
}: Services & { documents: Documents; intake: Intake; config: AiRepliesConfig }): BulkImport {
  const places = createImportPlaces(MOST_RUNNING);
  /** Who has sent something is told one after the other whether it can be read: until then it is in memory. */
  const looks = createImportPlaces(1);

  return {
    async start(principal, base, upload) {
      const { tenant_id: tenantId } = base;
      if (!places.enter(tenantId)) throw aiErrors.import_running();
      try {
        const stored = await storedBytes(upload);
        try {
          return await begun(principal, base, stored);
        } catch (error) {
          await blobs.discard(stored);
          throw error;
        }
      } catch (error) {
        places.exit(tenantId);
        throw error;
      }
    },
  };

  async function begun(principal: Principal, base: BaseRow, stored: StoredBytes) {
    const total = await totalOf(stored);
    const what = { kind: 'ai-replies.import', title: 'Import of documents', scope: 'ai:manage', canCancel: true };
    const about = { ...what, principal, ...(total !== null && { total }) };
    return operations.start(about, async (progress) => {
      try {
        return await inTurn(progress, () => takeAll(stored, base, principal.userId, reporting(progress)));
      } finally {
        places.exit(base.tenant_id);
        await blobs.discard(stored);
      }
    });
  }

  /** How many files there are, where that is known. What cannot be read is said at once, and not when it is its turn. */
  async function totalOf(stored: StoredBytes): Promise<number | null> {
    await looks.turn(new AbortController().signal);
    try {
      return archiveIn(await blobs.bytesOf(stored))?.total ?? null;
    } finally {
      looks.leave();
    }
  }

  async function inTurn<T>(progress: Progress, work: () => Promise<T>): Promise<T> {
    const late = new AbortController();
    const cancel = clock.after(LONGEST_WAIT_MS, () => late.abort());
    const isItsTurn = await places.turn(AbortSignal.any([progress.signal, late.signal])).finally(cancel);
    try {
      progress.check();
      if (!isItsTurn) throw aiErrors.import_running();
      return await work();
    } finally {
      if (isItsTurn) places.leave();
    }
  }

  async function takeAll(stored: StoredBytes, base: BaseRow, userId: number | null, work: Work): Promise<ImportResult> {
    const bytes = await blobs.bytesOf(stored);
    const archive = archiveIn(bytes);
    if (archive) await takeArchive(archive, base, userId, work);
    else await takeRows(bytes, base, userId, work);
    return work.result;
  }

  function archiveIn(bytes: Buffer): Archive | null {
    return isZip(bytes) ? opened(bytes) : null;
  }

  async function storedBytes(upload: Upload): Promise<StoredBytes> {
    const writer = blobs.writer();
    try {
      await upload((chunk) => writer.write(chunk));
      return await writer.finish();
    } catch (error) {
      await writer.abort();
      throw error;
    }
  }

  function opened(bytes: Buffer): Archive {
    const { maxFileMb, maxTotalMb } = config.knowledge;
    const limits = { maxFiles: MOST_FILES, maxFileBytes: maxFileMb * 1024 * 1024, maxBytes: maxTotalMb * 1024 * 1024 };
    try {
      return openArchive(bytes, limits);
    } catch (error) {
      if (error instanceof Unreadable) throw aiErrors.bad_import({ message: error.message });
      throw error;
    }
  }

  async function takeArchive(archive: Archive, base: BaseRow, userId: number | null, work: Work): Promise<void> {
    for await (const files of archive.steps(userId, (name, message) => work.complain(0, name, message)))
      await takeFiles(base, files, work);
  }

  async function takeRows(bytes: Buffer, base: BaseRow, userId: number | null, work: Work): Promise<void> {
    let files: IntakeFile[] = [];
    let size = 0;
    const flush = async (): Promise<void> => {
      if (files.length > 0) await takeFiles(base, files, work);
      [files, size] = [[], 0];
    };
    try {
      for await (const row of rowsOf(bytes, clock.now())) {
        if ('problem' in row) work.complain(row.line, row.name, row.problem);
        else if ('url' in row) work.count([await takePage(base, userId, row, work)].flat());
        else {
          const content = Buffer.from(row.text, 'utf8');
          files.push({ name: row.name, line: row.line, userId, bytes: content, mediaType: 'text/markdown' });
          size += content.length;
        }
        if (files.length >= STEP_FILES || size >= STEP_BYTES) await flush();
      }
    } catch (error) {
      if (!(error instanceof CsvProblem)) throw error;
      // What stands before it is taken over all the same.
      work.complain(error.line, '', error.message);
    }
    await flush();
  }

  async function takeFiles(base: BaseRow, files: readonly IntakeFile[], work: Work): Promise<void> {
    work.check();
    work.count(await intake.take(base, files, ({ line, name }, reason) => work.complain(line, name, reason)));
  }

  /** A page that is there is left as it is. */
  async function takePage(base: BaseRow, userId: number | null, row: PageRow, work: Work): Promise<Taken | []> {
    work.check();
    const { line, name, url, schedule } = row;
    const known = await db.read('ai_replies_documents').where({ base: base.id, url, is_gone: 0 }).first('id');
    if (known) return 'unchanged';
    try {
      await documents.addPage(base, { name, userId, url, schedule });
      return 'added';
    } catch (error) {
      if (!isAppError(error) || error.code !== 'bad_address') throw error;
      work.complain(line, name, messageOf(error));
      return [];
    }
  }
}

interface Work {
  result: ImportResult;
  check(): void;
  count(taken: readonly Taken[]): void;
  complain(line: number, name: string, message: string): void;
}

function reporting(progress: Progress): Work {
  const result: ImportResult = { added: 0, replaced: 0, unchanged: 0, failed: 0, errors: [] };
  const report = (): void =>
    progress.report({ done: result.added + result.replaced + result.unchanged + result.failed });
  return {
    result,
    check: () => progress.check(),
    count(taken) {
      for (const one of taken) result[one]++;
      report();
    },
    complain(line, name, message) {
      result.failed++;
      const about = { name: sanitizeText(name, LONGEST_NAME), message: sanitizeText(message, LONGEST_MESSAGE) };
      if (result.errors.length < MOST_ERRORS) result.errors.push({ line, ...about });
      report();
    },
  };
}
