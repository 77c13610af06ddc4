/** The changelog at a release: what stood under "Unreleased" becomes the section of the version. */

const UNRELEASED = '## [Unreleased]\n';

/** Throws when there is nothing to release, or the version has a section already. */
export function released(changelog: string, version: string, date: string): { changelog: string; notes: string } {
  if (hasSection(changelog, version)) throw new Error(`CHANGELOG.md has a section of ${version} already`);
  const start = changelog.indexOf(UNRELEASED);
  if (start < 0) throw new Error(`CHANGELOG.md has no line "${UNRELEASED.trim()}"`);
  const after = start + UNRELEASED.length;
  const next = changelog.indexOf('\n## [', after);
  const notes = changelog.slice(after, next < 0 ? undefined : next).trim();
  if (notes === '') throw new Error('CHANGELOG.md says nothing under "Unreleased": there is nothing to release');
  const section = `\n## [${version}] - ${date}\n`;
  return { changelog: changelog.slice(0, after) + section + changelog.slice(after), notes: `${notes}\n` };
}

export function hasSection(changelog: string, version: string): boolean {
  return changelog.includes(`\n## [${version}]`);
}
