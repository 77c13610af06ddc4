/** `patchbay routes` and `patchbay openapi`: what the enabled plugins serve. */
import { describeAccess } from '../access/access.ts';
import { withPlatform } from './with-platform.ts';

export async function routes(): Promise<void> {
  await withPlatform('describe', async (platform) => {
    const rows = platform.routes
      .map((route) => [route.method.padEnd(6), route.path, route.tag ?? 'core', describeAccess(route.access)])
      .sort((a, b) => String(a[1]).localeCompare(String(b[1])));
    const width = Math.max(...rows.map(([, path = '']) => path.length));
    for (const [method, path = '', tag = '', access] of rows) {
      process.stdout.write(`${method} ${path.padEnd(width)}  ${tag.padEnd(10)} ${access}\n`);
    }
  });
}

export async function openapi(): Promise<void> {
  await withPlatform('describe', async (platform) => {
    process.stdout.write(`${JSON.stringify(platform.openapi(), null, 2)}\n`);
  });
}
