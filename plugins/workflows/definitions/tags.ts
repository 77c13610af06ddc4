/** Workflows by the tags of their active definition. */
import type { Knex } from 'knex';
import type { Database } from '#core/plugin.ts';

/** Narrows a query on workflows_workflows to those with a tag: `team`, or with its value `team:billing`. */
export function whereTagged(query: Knex.QueryBuilder, client: Database['client'], tag: string): void {
  const [name = '', ...rest] = tag.split(':');
  const [tags, text] =
    client === 'pg'
      ? ['json_each_text(cast(workflows_workflows.tags as json)) as tag', 'tag.value']
      : [
          'json_each(workflows_workflows.tags) as tag',
          // SQLite has numbers for yes and no.
          "case tag.type when 'true' then 'true' when 'false' then 'false' else cast(tag.value as text) end",
        ];
  const [wanted, values] = rest.length > 0 ? [` and ${text} = ?`, [rest.join(':')]] : ['', []];
  query.whereNot('workflows_workflows.tags', '{}');
  query.whereRaw(`exists (select 1 from ${tags} where tag.key = ?${wanted})`, [name, ...values]);
}
