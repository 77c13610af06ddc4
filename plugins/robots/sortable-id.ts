/** Sortable ids of commands and messages: `cmd_1703123456789_0123456789ab`, by time and then at random. */

/** The last twelve digits of a UUID of version 4 are random (RFC 9562 §5.4), and made of many at once. */
export function sortableId(prefix: 'cmd' | 'msg', now: number): string {
  return `${prefix}_${now}_${crypto.randomUUID().slice(-12)}`;
}
