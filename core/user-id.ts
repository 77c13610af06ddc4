/** Who this process is, for messages about files that belong to somebody else: ` (uid 1000)`, '' on Windows. */
export function userId(): string {
  return process.getuid ? ` (uid ${process.getuid()})` : '';
}
