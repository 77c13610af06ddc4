/**
 * `npm run drill [rounds] [name …] [--clocks]`: kills the process with SIGKILL again and again under load, and checks afterwards
 * that everything it acknowledged is there, that nothing happened twice, and that the database is intact; queues mail for a
 * domain that is down; fills the disk, and takes away what was not synced to it; gives a tenant a bad neighbour; kills, freezes
 * and cuts off one of two replicas; promotes the standby of their database, restarts their pooler, takes their bucket away, sets the
 * clock of one wrong, and brings a new version under load; has a thousand robots come back at once; kills who sends a broadcast,
 * and who serves people
 * of one name; erases somebody while everything outside is down for a day; floods with mail that means harm; tries a million
 * expressions that mean harm. With `--clocks` the clock of each process is set wrong before it is killed. The names are the keys
 * below.
 */
import { drillAiReplies } from './ai-replies.ts';
import { drillBroadcasts } from './broadcasts.ts';
import { drillClock } from './clock.ts';
import { drillDeadDomain } from './dead-domain.ts';
import { drillErasure } from './erasure.ts';
import { drillExpressions } from './expressions.ts';
import { drillFailover } from './failover.ts';
import { drillFullDisk } from './full-disk.ts';
import { drillHostile } from './hostile.ts';
import { drillHostileMail } from './hostile-mail.ts';
import { drillLicensing } from './licensing.ts';
import { drillMailLoop } from './mail-loop.ts';
import { drillNeighbours } from './neighbours.ts';
import { drillPgBouncer } from './pgbouncer.ts';
import { drillPowerLoss } from './power-loss.ts';
import { drillReceiving } from './receiving.ts';
import { drillReplicas } from './replicas.ts';
import { drillRobots } from './robots.ts';
import { drillReturn } from './robots-return.ts';
import { drillS3 } from './s3.ts';
import { drillSameName } from './same-name.ts';
import { drillSending } from './sending.ts';
import { drillUpgrade } from './upgrade.ts';
import { drillUsage } from './usage.ts';
import { drillWorkflows } from './workflows.ts';

const DRILLS = {
  receiving: drillReceiving,
  'power-loss': drillPowerLoss,
  sending: drillSending,
  licensing: drillLicensing,
  usage: drillUsage,
  workflows: drillWorkflows,
  robots: drillRobots,
  'robots-return': drillReturn,
  'ai-replies': drillAiReplies,
  broadcasts: drillBroadcasts,
  'same-name': drillSameName,
  hostile: drillHostile,
  'hostile-mail': drillHostileMail,
  erasure: drillErasure,
  expressions: drillExpressions,
  'dead-domain': drillDeadDomain,
  'mail-loop': drillMailLoop,
  'full-disk': drillFullDisk,
  neighbours: drillNeighbours,
  replicas: drillReplicas,
  failover: drillFailover,
  s3: drillS3,
  pgbouncer: drillPgBouncer,
  clock: drillClock,
  upgrade: drillUpgrade,
};

const args = process.argv.slice(2);
const rounds = Number(args.find((arg) => /^\d+$/.test(arg)) ?? 10);
const wanted = args.filter((arg) => !/^\d+$|^--clocks$/.test(arg));
for (const name of wanted) {
  if (Object.hasOwn(DRILLS, name)) continue;
  console.error(`There is no drill '${name}': ${Object.keys(DRILLS).join(', ')}`);
  process.exit(2);
}
let lost = 0;
for (const [name, drill] of Object.entries(DRILLS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`\n${name}:`);
  lost += await drill(rounds);
}
console.log(lost === 0 ? '\nNothing was lost.' : `\n${lost} things were lost.`);
process.exit(lost === 0 ? 0 : 1);
