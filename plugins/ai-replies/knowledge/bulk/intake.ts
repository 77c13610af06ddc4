/**
 * Takes over many documents by their names: what is there already is left, what is there with other bytes gets these, everything
 * else is new. So a repeat goes on where a first try ended, whatever ended it.
 */
import { createHash } from 'node:crypto';
import { isAppError, messageOf } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import type { AiRepliesConfig } from '../../config.ts';
import type { Documents, NewFile } from '../documents.ts';
import type { BaseRow, DocumentRow } from '../tables.ts';

export type Taken = 'added' | 'replaced' | 'unchanged';

export interface IntakeFile extends NewFile {
  /** Where it stands in what was sent; 0 where there are no lines. */
  line: number;
}

export interface Intake {
  /** Files of one step; what is wrong with one is told to `complain`. Throws what is wrong with all that come after, too. */
  take(
    base: BaseRow,
    files: readonly IntakeFile[],
    complain: (file: IntakeFile, reason: string) => void,
  ): Promise<Taken[]>;
}

/** Names that one step looks up, and files that one transaction writes. */
export const STEP_FILES = 50;
/** And bytes: one file at least. */
export const STEP_BYTES = 4 * 1024 * 1024;
/** These will be so of every further file. */
const FULL = new Set(['knowledge_is_full', 'documents_too_large', 'base_not_found']);

export function createIntake({
  db,
  blobs,
  documents,
  config,
}: Services & { documents: Documents; config: AiRepliesConfig }): Intake {
  return {
    async take(base, files, complain) {
      const known = await knownOf(base, files);
      const taken: Taken[] = [];
      const fresh = new Map<string, IntakeFile>();
      for (const file of files) {
        const problem = problemOf(file);
        if (problem !== null) complain(file, problem);
        else if (known.has(file.name)) taken.push(...(await renew(known.get(file.name), file, complain)));
        else if (fresh.has(file.name)) complain(file, 'Another one of this name comes before it');
        else fresh.set(file.name, file);
      }
      if (fresh.size > 0) taken.push(...(await documents.addAll(base, [...fresh.values()])).map((): Taken => 'added'));
      return taken;
    },
  };

  function problemOf({ bytes }: IntakeFile): string | null {
    const { maxFileMb } = config.knowledge;
    if (bytes.length === 0) return 'There is nothing in it';
    return bytes.length > maxFileMb * 1024 * 1024 ? `It is larger than ${maxFileMb} MB` : null;
  }

  /** Those that are files; of several of one name the newest. */
  async function knownOf(base: BaseRow, files: readonly IntakeFile[]): Promise<Map<string, DocumentRow>> {
    const rows = await db
      .read('ai_replies_documents')
      .where({ base: base.id, is_gone: 0 })
      .whereNull('url')
      .whereIn('name', [...new Set(files.map(({ name }) => name))])
      .orderBy('id');
    return new Map(rows.map((row) => [row.name, row]));
  }

  async function renew(
    before: DocumentRow | undefined,
    file: IntakeFile,
    complain: (file: IntakeFile, reason: string) => void,
  ): Promise<Taken[]> {
    if (!before) return [];
    try {
      if (await isSame(before, file.bytes)) return ['unchanged'];
      await documents.replace(before.tenant_id, before.uuid, file, () => {});
      return ['replaced'];
    } catch (error) {
      if (!isAppError(error) || FULL.has(error.code)) throw error;
      complain(file, messageOf(error));
      return [];
    }
  }

  async function isSame({ blob, size_bytes, content_hash }: DocumentRow, bytes: Buffer): Promise<boolean> {
    if (Number(size_bytes) !== bytes.length || blob === null) return false;
    const hash = createHash('sha256').update(bytes).digest('base64url');
    // One that waits, or could not be read, has none yet.
    return content_hash === hash || (await blobs.read(blob)).equals(bytes);
  }
}
