/** All documents of a tenant, or of a base, as CSV (RFC 4180) or lines of JSON: what an import reads again. */
import { Readable } from 'node:stream';
import { hasScope, lazily, type Progress } from '#core/kit.ts';
import type { Principal, Services } from '#core/plugin.ts';
import { shownPage } from '../page-address.ts';
import type { BaseRow, DocumentRow } from '../tables.ts';

export type ExportFormat = 'csv' | 'jsonl';

export interface BulkExport {
  /** Oldest first, as they are read. */
  write(principal: Principal, base: BaseRow | null, format: ExportFormat): NodeJS.ReadableStream;
}

const csvStringify = lazily<typeof import('csv-stringify')>('csv-stringify', import.meta.url);
const COLUMNS = ['name', 'url', 'schedule', 'media_type', 'state', 'text'];
const PAGE = 100;
const PARAGRAPH = '\n\n';
/** Its bytes are what people wrote; of everything else what was read of it is. */
const WRITTEN = /^text\/(?:plain|markdown)(?:;|$)/;
const OTHER_CHARSET = /charset=(?!utf-8)/i;

export function createBulkExport({ db, blobs, operations }: Services): BulkExport {
  return {
    write(principal, base, format) {
      const lines = Readable.from(linesOf(principal, base, format), { objectMode: true });
      // A spreadsheet runs what begins like a formula: such cells get an apostrophe.
      const settings = { header: true, columns: COLUMNS, escape_formulas: true };
      const out = format === 'csv' ? csvStringify().stringify(settings) : null;
      if (!out) return lines;
      lines.on('error', (error) => out.destroy(error));
      out.on('close', () => lines.destroy());
      return lines.pipe(out);
    },
  };

  async function* linesOf(principal: Principal, base: BaseRow | null, format: ExportFormat) {
    const what = { kind: 'ai-replies.export', title: 'Export of documents', scope: 'ai:read', canCancel: true };
    const operation = await operations.begin({ ...what, principal, onlyWhenLong: true });
    try {
      let done = 0;
      for await (const row of rowsOf(principal, base, operation)) {
        yield format === 'csv' ? row : `${JSON.stringify(row)}\n`;
        operation.report({ done: ++done });
      }
      await operation.end({ documents: done });
    } catch (error) {
      await operation.fail(error);
      throw error;
    } finally {
      // Who reads no further has ended it.
      await operation.interrupted();
    }
  }

  async function* rowsOf(principal: Principal, base: BaseRow | null, progress: Progress) {
    for (let after = 0; ; ) {
      progress.check();
      const query = db
        .read('ai_replies_documents')
        .where({ tenant_id: principal.tenantId ?? '', is_gone: 0, ...(base && { base: base.id }) })
        .where('id', '>', after)
        .orderBy('id')
        .limit(PAGE);
      const page: DocumentRow[] = await query;
      for (const row of page) {
        progress.check();
        const { name, url, schedule, media_type, state } = row;
        const text = url === null ? await textOf(row) : '';
        yield { name, url: addressOf(url, principal), schedule: schedule ?? '', media_type, state, text };
      }
      const last = page.at(-1);
      if (!last) return;
      after = last.id;
    }
  }

  async function textOf({ id, reading, blob, media_type }: DocumentRow): Promise<string> {
    if (blob !== null && WRITTEN.test(media_type) && !OTHER_CHARSET.test(media_type)) {
      const text = utf8Of(await blobs.read(blob));
      if (text !== null) return text;
    }
    return joined(await db.read('ai_replies_chunks').where({ document: id, reading }).orderBy('place'));
  }
}

/** An address may hold a key, which is for who may change it. */
function addressOf(url: string | null, principal: Principal): string {
  if (url === null) return '';
  return hasScope(principal, 'ai:manage') ? url : shownPage(url);
}

/** Passages overlap: of what two have, one copy is left out. */
function joined(chunks: readonly { start: number; text: string }[]): string {
  let [text, end] = ['', 0];
  for (const chunk of chunks) {
    const own = chunk.text.slice(Math.max(0, end - chunk.start));
    text += (text !== '' && chunk.start > end ? PARAGRAPH : '') + own;
    end = Math.max(end, chunk.start + chunk.text.length);
  }
  return text;
}

function utf8Of(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
