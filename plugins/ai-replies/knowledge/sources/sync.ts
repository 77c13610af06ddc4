/**
 * Keeps documents in step with their source: what is new there is added, what has changed is read again, what is gone goes. Each step
 * stands for itself, so that whatever ends it, the next time goes on; and it is given up as soon as another one is asked for.
 */
import { isAppError, sanitizeText } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import type { AiRepliesConfig } from '../../config.ts';
import { typeOf } from '../bulk/archive.ts';
import { STEP_BYTES, STEP_FILES } from '../bulk/intake.ts';
import { type DocumentOrigin, type Documents, readAnew } from '../documents.ts';
import { READ_DOCUMENT } from '../job-names.ts';
import { nameOfPage, shownPage } from '../page-address.ts';
import type { BaseRow, DocumentRow, SourceRow } from '../tables.ts';
import { listGit } from './git.ts';
import { listSite } from './site.ts';
import type { Sources } from './sources.ts';
import { type SourceFile, type SourceItem, type SourceListing, SourceProblem } from './types.ts';
import { listWebdav } from './webdav.ts';

export interface SourceSync {
  /** Does what the source's state says afterwards. Rejects with the reason of the signal, or when something of ours fails. */
  run(source: number, wanted: number, isLastTry: boolean, signal: AbortSignal): Promise<void>;
}

const LISTS = { site: listSite, git: listGit, webdav: listWebdav };
const LONGEST_NAME = 200;
const LONGEST_REASON = 2_000;
/** Others write between two steps. */
const REMOVED_AT_ONCE = 100;
/** Of a site map or a folder, with all that they lead to. */
const LONGEST_LISTING_MS = 120_000;
/** Of a repository, which comes whole before it can say anything. */
const LONGEST_CLONE_MS = 300_000;
/** In bytes: what PostgreSQL takes into an index. */
const LONGEST_PATH = 1_000;
const UNNAMEABLE = 'Some have a name that is too long, or is none';
const NOTHING = 'Nothing was found there; what was found before stays';

/** Another one was asked for meanwhile. */
class Outdated extends Error {}

export function createSourceSync({
  db,
  clock,
  jobs,
  outbound,
  sources,
  documents,
  config,
}: Services & { sources: Sources; documents: Documents; config: AiRepliesConfig }): SourceSync {
  return {
    async run(id, wanted, isLastTry, signal) {
      const source = await db.read('ai_replies_sources').where({ id, wanted }).first();
      const base = source && (await db.read('ai_replies_bases').where({ id: source.base, is_gone: 0 }).first());
      if (!source || !base) return;
      if (isLastTry) return end(source, { reason: 'It could not be read, several times; ask for it again' });
      try {
        const left = await follow(source, base, signal);
        await end(source, left);
      } catch (error) {
        if (error instanceof Outdated) return;
        signal.throwIfAborted();
        // What a person can do something about; everything else is tried again.
        if (!(error instanceof SourceProblem) && !isAppError(error)) throw error;
        await end(source, { reason: error.message });
      }
    },
  };

  async function follow(source: SourceRow, base: BaseRow, signal: AbortSignal): Promise<Ending> {
    const { url, within, branch } = source;
    const maxFileBytes = config.knowledge.maxFileMb * 1024 * 1024;
    const authorization = sources.authorizationOf(source);
    const listing = await listedInTime(source.kind, signal, (limited) =>
      LISTS[source.kind](outbound, { url, within, branch, authorization, maxFileBytes, signal: limited }),
    );
    try {
      const { version } = listing;
      const items = storable(listing.items);
      if (version !== '' && version === source.version) return { version, synced: true, reason: source.reason };
      if (items.length === 0) return { reason: NOTHING };
      const known = await knownOf(source);
      const problems = [...listing.left];
      if (items.length < listing.items.length) problems.push(UNNAMEABLE);
      if (listing.arePages) await followPages(source, base, items, known, problems);
      else await followFiles(source, base, { ...listing, items }, known, problems);
      await removeGone(source, { items, unseen: listing.unseen }, known);
      return { version, synced: true, reason: problems.slice(0, 10).join('. ') };
    } finally {
      listing.close();
    }
  }

  /** Whoever answers drop by drop has so long to say what there is; what there is may then take its time. */
  async function listedInTime(
    kind: SourceRow['kind'],
    signal: AbortSignal,
    list: (signal: AbortSignal) => Promise<SourceListing>,
  ): Promise<SourceListing> {
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), kind === 'git' ? LONGEST_CLONE_MS : LONGEST_LISTING_MS);
    try {
      return await list(AbortSignal.any([signal, limit.signal]));
    } catch (error) {
      signal.throwIfAborted();
      if (limit.signal.aborted) throw new SourceProblem('It takes too long to say what there is');
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  async function knownOf({ id }: SourceRow): Promise<Map<string, DocumentRow>> {
    const rows = await db.read('ai_replies_documents').where({ source: id, is_gone: 0 });
    return new Map(rows.map((row) => [row.source_path ?? '', row]));
  }

  async function followPages(
    source: SourceRow,
    base: BaseRow,
    items: readonly SourceItem[],
    known: ReadonlyMap<string, DocumentRow>,
    problems: string[],
  ): Promise<void> {
    for (const item of items) {
      const before = known.get(item.path);
      await refuseOutdated(source);
      if (before) await readPage(before, item);
      else
        try {
          const name = nameOfPage(item.path).slice(0, LONGEST_NAME);
          const page = { name, userId: source.user_id, url: item.path, schedule: null };
          await documents.addPage(base, { ...page, from: originOf(source, item) });
        } catch (error) {
          if (!isAppError(error) || error.code !== 'bad_address') throw error;
          problems.push(`${shownPage(item.path)} may not be read`);
        }
    }
  }

  /** A page whose map does not say when it has changed asks its server, which knows it by its ETag. */
  async function readPage(before: DocumentRow, { version }: SourceItem): Promise<void> {
    if (version !== '' && version === before.source_version) return;
    await db.transaction(async (trx) => {
      const row = await trx('ai_replies_documents').where({ id: before.id, is_gone: 0 }).forUpdate().first();
      if (!row || row.state === 'waiting') return;
      const anew = readAnew(row);
      await trx('ai_replies_documents')
        .where({ id: row.id })
        .update({ ...anew, source_version: version });
      await jobs.enqueue(trx, READ_DOCUMENT, { document: row.id, wanted: anew.wanted }, { lane: row.tenant_id });
    });
  }

  async function followFiles(
    source: SourceRow,
    base: BaseRow,
    listing: SourceListing,
    known: ReadonlyMap<string, DocumentRow>,
    problems: string[],
  ): Promise<void> {
    const wanted = listing.items.filter(
      ({ path, version }) => version === '' || known.get(path)?.source_version !== version,
    );
    let fresh: ReadFile[] = [];
    let size = 0;
    const flush = async (): Promise<void> => {
      await refuseOutdated(source);
      if (fresh.length > 0)
        await documents.addAll(
          base,
          fresh.map((file) => newFile(source, file)),
        );
      [fresh, size] = [[], 0];
    };
    for await (const file of listing.files(wanted)) {
      const before = known.get(file.path);
      const problem = 'problem' in file ? file.problem : problemOf(file);
      if ('problem' in file || problem !== null) problems.push(problem ?? '');
      else if (before) await replace(source, before, file);
      else {
        fresh.push(file);
        size += file.bytes.length;
        if (fresh.length >= STEP_FILES || size >= STEP_BYTES) await flush();
      }
    }
    await flush();
  }

  function problemOf({ path, bytes }: ReadFile): string | null {
    const { maxFileMb } = config.knowledge;
    if (bytes.length === 0) return `There is nothing in ${path}`;
    return bytes.length > maxFileMb * 1024 * 1024 ? `${path} is larger than ${maxFileMb} MB` : null;
  }

  async function replace(source: SourceRow, before: DocumentRow, file: ReadFile): Promise<void> {
    await refuseOutdated(source);
    const upload = { bytes: file.bytes, mediaType: typeOf(file.path) };
    // Somebody has deleted it meanwhile: it is read as a new one the next time.
    if (!(await unlessDeleted(documents.replace(before.tenant_id, before.uuid, upload, () => {})))) return;
    await db.write('ai_replies_documents').where({ id: before.id }).update({ source_version: file.version });
  }

  async function removeGone(
    source: SourceRow,
    { items, unseen }: Pick<SourceListing, 'items' | 'unseen'>,
    known: ReadonlyMap<string, DocumentRow>,
  ): Promise<void> {
    const there = new Set(items.map(({ path }) => path));
    const isGone = (path: string): boolean => !there.has(path) && !placesOf(path).some((place) => unseen.has(place));
    const gone = [...known.values()].filter(({ source_path }) => isGone(source_path ?? ''));
    for (const [place, { tenant_id, uuid }] of gone.entries()) {
      if (place % REMOVED_AT_ONCE === 0) await refuseOutdated(source);
      await unlessDeleted(documents.remove(tenant_id, uuid));
    }
  }

  async function refuseOutdated({ id, wanted }: SourceRow): Promise<void> {
    if (!(await db.read('ai_replies_sources').where({ id, wanted }).first('id'))) throw new Outdated();
  }

  async function end({ id, wanted, synced_at }: SourceRow, { reason, version, synced = false }: Ending): Promise<void> {
    const now = clock.now();
    const isReady = synced || synced_at !== null;
    await db
      .write('ai_replies_sources')
      .where({ id, wanted })
      .update({
        state: isReady ? 'ready' : 'failed',
        reason: sanitizeText(reason, LONGEST_REASON),
        ...(version !== undefined && { version }),
        ...(synced && { synced_at: now }),
        updated_at: now,
      });
  }
}

type ReadFile = Extract<SourceFile, { bytes: Buffer }>;

/** False when the document is not there any more. */
async function unlessDeleted(work: Promise<unknown>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (!isAppError(error) || error.code !== 'document_not_found') throw error;
    return false;
  }
}

/** Where a path lies: all, the folders down to it, and itself. */
function placesOf(path: string): string[] {
  const places = [''];
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1))
    places.push(path.slice(0, slash + 1));
  return [...places, path];
}

interface Ending {
  reason: string;
  version?: string;
  synced?: boolean;
}

/** What a database takes: one name that it refuses would end the reading of all others, each time. */
function storable(items: readonly SourceItem[]): SourceItem[] {
  return items
    .filter(({ path }) => Buffer.byteLength(path) <= LONGEST_PATH && !path.includes('\0'))
    .map(({ path, version }) => ({ path, version: sanitizeText(version, version.length) }));
}

function originOf({ id }: SourceRow, { path, version }: SourceItem): DocumentOrigin {
  return { source: id, source_path: path, source_version: version };
}

function newFile(source: SourceRow, file: ReadFile) {
  return {
    // Of a long path the end: that is what tells files apart.
    name: sanitizeText(file.path, file.path.length)
      .replace(/[\x00-\x1f\x7f]/g, ' ')
      .slice(-LONGEST_NAME),
    userId: source.user_id,
    bytes: file.bytes,
    mediaType: typeOf(file.path),
    from: originOf(source, file),
  };
}
