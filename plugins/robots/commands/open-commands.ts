/**
 * Commands that have no result yet, as a condition. Its words are those of the indexes of such commands, and no parameters:
 * a database uses an index on some of the rows when it sees by the statement alone that these are the rows.
 */
export const OPEN = `status in ('pending', 'dispatched')`;

/** The table, by the index of such commands: without figures of the table SQLite takes another one, which has all of them. */
export const OPEN_BY_ROBOT = {
  sqlite: 'robots_commands indexed by robots_commands_open',
  pg: 'robots_commands',
} as const;

/** Told when there is something to offer for robots (their integer keys) that another process may be connected to. */
export const COMMANDS_STORED = 'robots.commands';
