/** `sqlite-vec`, which compares vectors in SQLite: an optional dependency that has no build for every platform. */

/** The path of its library; nothing where it is not installed. */
export async function sqliteExtensions(): Promise<readonly string[]> {
  try {
    const { getLoadablePath } = await import('sqlite-vec');
    return [getLoadablePath()];
  } catch {
    return [];
  }
}
