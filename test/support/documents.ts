/** Runs what the documents show: their shell blocks, against a platform on free ports. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/setup.mjs';
import type { TestPlatform } from './harness.ts';

/** The ```sh blocks below a heading of a document (below every heading when none is named). */
export function shellBlocks(file: string, heading?: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  const part = heading ? sectionOf(text, heading) : text;
  return [...part.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block);
}

/** The ```yaml block below a heading. */
export function yamlBlock(file: string, heading: string): string {
  const found = /^```yaml\n([\s\S]*?)^```$/m.exec(sectionOf(readFileSync(join(root, file), 'utf8'), heading));
  if (!found?.[1]) throw new Error(`${file} has no YAML below ${heading}`);
  return found[1];
}

function sectionOf(text: string, heading: string): string {
  const start = text.indexOf(`\n## ${heading}\n`);
  if (start < 0) throw new Error(`There is no heading "${heading}"`);
  const end = text.indexOf('\n## ', start + 4);
  return text.slice(start, end < 0 ? undefined : end);
}

/** Runs a block as printed, with the ports of this platform; gives what it wrote. Throws when a command fails. */
export function runBlock(platform: TestPlatform, block: string, env: Record<string, string> = {}): Promise<string> {
  // A platform without mail has no such port, and its document does not name one.
  const hasMail = platform.platform.plugins.some(({ plugin }) => plugin.name === 'mail');
  const smtp = hasMail ? String(platform.services.smtpReceiver.port()) : '';
  const script = block
    .replaceAll(/(localhost|127\.0\.0\.1):5000/g, `127.0.0.1:${platform.port}`)
    .replaceAll(/\b2525\b/g, smtp);
  // A status of 400 or more is a failed command.
  const prelude = 'set -euo pipefail\ncurl() { command curl --fail-with-body --max-time 30 "$@"; }\n';
  return new Promise((resolve, reject) => {
    const options = { cwd: root, env: { ...process.env, ...env }, timeout: 60_000 };
    execFile('bash', ['-c', prelude + script], options, (error, out, err) => {
      if (error) reject(new Error(`${block}\nended with ${error.code}\n${out}\n${err}`));
      else resolve(out);
    });
  });
}
