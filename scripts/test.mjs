/** `npm test` on a bare checkout: sets up, then runs scripts/testing/index.ts on the pinned Node. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { environment, nodeBinary, root, setUp } from './setup.mjs';

setUp();
const command = [join(root, 'scripts', 'testing', 'index.ts'), ...process.argv.slice(2)];
const { status } = spawnSync(nodeBinary(), command, { cwd: root, stdio: 'inherit', env: environment() });
process.exit(status ?? 1);
