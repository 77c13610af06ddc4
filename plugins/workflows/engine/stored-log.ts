/** The log of an execution that is taken up again, with as much of its texts as is worth the memory. */
import type { Database } from '#core/plugin.ts';
import type { EngineServices } from './ports.ts';
import type { TaskRecord } from './records.ts';
import { hiddenIn, SEALED } from './secret-texts.ts';
import type { TaskRow } from './tables.ts';

/** Longer texts are read when they are needed: of most a later task has used up what they say. */
const MOST_READ = 2_048;
/** Stands for one: it is no JSON. */
const LATER = 'later';
const TEXTS = ['input', 'output', 'error', 'context'] as const;
type Text = (typeof TEXTS)[number];
/** Sealed ones are looked at once, so many at a time. */
const LOOKED_AT_ONCE = 10;

/** The records of an execution, and how large its log is. */
export async function recordsOf(db: Database, execution_id: string): Promise<{ records: TaskRow[]; bytes: number }> {
  const texts = TEXTS.map((name) =>
    db.write.raw(`case when length(??) > ${MOST_READ} then ? else ?? end as ??`, [name, LATER, name, name]),
  );
  const size = db.write.raw(`${TEXTS.map((name) => `coalesce(length(${name}), 0)`).join(' + ')} as size`);
  const rows: (TaskRow & { size: number })[] = await db
    .write('workflows_tasks')
    .where({ execution_id })
    .orderBy('id')
    .select('id', 'execution_id', 'reference', 'instance', 'status', 'next', 'attempts', 'started_at', 'ended_at')
    .select(...texts, size);
  const bytes = rows.reduce((sum, row) => sum + Number(row.size), 0);
  return { records: rows.map(({ size: _size, ...row }) => row), bytes };
}

/** The texts for which something of its log was sealed. */
export async function hiddenOf(services: EngineServices, execution_id: string): Promise<string[]> {
  const hidden = new Set<string>();
  for (const name of TEXTS) {
    const sealed = services.db
      .write('workflows_tasks')
      .where({ execution_id })
      .where(name, 'like', `${SEALED}%`)
      .orderBy('id')
      .limit(LOOKED_AT_ONCE);
    for (let after = -1; ; ) {
      const rows: { id: number; text: string }[] = await sealed
        .clone()
        .where('id', '>', after)
        .select('id', { text: name });
      for (const text of hiddenIn(
        services,
        execution_id,
        rows.map((row) => row.text),
      ))
        hidden.add(text);
      after = rows.at(-1)?.id ?? after;
      if (rows.length < LOOKED_AT_ONCE) break;
    }
  }
  return [...hidden];
}

/** A text of a record, which may have been left where it is. */
export async function textOf(db: Database, record: TaskRecord, name: Text): Promise<string | null> {
  if (record[name] !== LATER) return record[name];
  const { execution_id, reference, instance } = record;
  const row = await db.write('workflows_tasks').where({ execution_id, reference, instance }).first({ text: name });
  return row?.text ?? null;
}
