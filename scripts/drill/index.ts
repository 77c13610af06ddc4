/**
 * `npm run drill [rounds] [receiving|sending]`: kills the process with SIGKILL again and again under load, and checks
 * afterwards that everything it acknowledged is there, that nothing happened twice, and that the database is intact.
 */
import { drillReceiving } from './receiving.ts';
import { drillSending } from './sending.ts';

const DRILLS = { receiving: drillReceiving, sending: drillSending };

const [rounds = '10', ...wanted] = process.argv.slice(2);
let lost = 0;
for (const [name, drill] of Object.entries(DRILLS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`\n${name}:`);
  lost += await drill(Number(rounds));
}
console.log(lost === 0 ? '\nNothing was lost.' : `\n${lost} things were lost.`);
process.exit(lost === 0 ? 0 : 1);
