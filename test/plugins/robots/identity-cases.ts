/** Who is one and who is not, as a table: what is heard first, and what after it. */
import assert from 'node:assert/strict';
import { type Person, register } from '#test/support/accounts.ts';
import { type RobotsPlatform, robotOf, type TestRobot, upload } from './support.ts';

/** What a robot of the tenant hears; the first one unless it says `other`. */
interface Heard {
  name: string;
  by?: 'other';
  group?: string;
  id?: string;
  account?: string;
}

export interface IdentityCase {
  what: string;
  heard: [Heard, Heard];
  isOnePerson: boolean;
  isOneTalk: boolean;
  /** Whether each is proved, in the end. */
  areProved: [boolean, boolean];
}

const ONE = { isOnePerson: true, isOneTalk: true };
const APART = { isOnePerson: false, isOneTalk: false };
const NAMES: [boolean, boolean] = [false, false];
const IDS: [boolean, boolean] = [true, true];

export const IDENTITY_CASES: IdentityCase[] = [
  { what: 'a name, again', heard: [{ name: 'Ada' }, { name: 'Ada' }], ...ONE, areProved: NAMES },
  { what: 'another name', heard: [{ name: 'Ada' }, { name: 'ada' }], ...APART, areProved: NAMES },
  {
    what: 'a name on another robot',
    heard: [{ name: 'Ada' }, { name: 'Ada', by: 'other' }],
    ...APART,
    areProved: NAMES,
  },
  { what: 'a name in a group', heard: [{ name: 'Ada' }, { name: 'Ada', group: 'Choir' }], ...APART, areProved: NAMES },
  {
    what: 'a name in two groups',
    heard: [
      { name: 'Ada', group: 'Team' },
      { name: 'Ada', group: 'Choir' },
    ],
    ...APART,
    areProved: NAMES,
  },
  {
    what: 'an id, whatever its name',
    heard: [
      { name: 'Ada', id: 'x1' },
      { name: 'Countess', id: 'x1' },
    ],
    ...ONE,
    areProved: IDS,
  },
  {
    what: 'two ids of one name',
    heard: [
      { name: 'Ada', id: 'x1' },
      { name: 'Ada', id: 'x2' },
    ],
    ...APART,
    areProved: IDS,
  },
  {
    what: 'an id in a group',
    heard: [
      { name: 'Ada', id: 'x1' },
      { name: 'Ada', id: 'x1', group: 'Choir' },
    ],
    isOnePerson: true,
    isOneTalk: false,
    areProved: IDS,
  },
  {
    what: 'an id of one account on two robots',
    heard: [
      { name: 'Ada', id: 'x1', account: 'shop' },
      { name: 'Ada', id: 'x1', account: 'shop', by: 'other' },
    ],
    isOnePerson: true,
    isOneTalk: false,
    areProved: IDS,
  },
  {
    what: 'an id of two accounts',
    heard: [
      { name: 'Ada', id: 'x1', account: 'shop' },
      { name: 'Ada', id: 'x1', account: 'club', by: 'other' },
    ],
    ...APART,
    areProved: IDS,
  },
  {
    what: 'an id of which nobody knows the account, on two robots',
    heard: [
      { name: 'Ada', id: 'x1' },
      { name: 'Ada', id: 'x1', by: 'other' },
    ],
    ...APART,
    areProved: IDS,
  },
  { what: 'a name that an id has proved', heard: [{ name: 'Ada' }, { name: 'Ada', id: 'x1' }], ...ONE, areProved: IDS },
  {
    what: 'a name that an id of another robot bears',
    heard: [{ name: 'Ada' }, { name: 'Ada', id: 'x1', account: 'shop', by: 'other' }],
    ...APART,
    areProved: [false, true],
  },
  {
    what: 'who looks as if marked with the id of somebody else',
    heard: [
      { name: 'Ada', id: 'x1' },
      { name: 'Ada #x1', id: 'x2' },
    ],
    ...APART,
    areProved: IDS,
  },
];

export interface Heardplace {
  owner: Person;
  robots: { one: TestRobot; other: TestRobot };
}

export async function placeOf(app: RobotsPlatform): Promise<Heardplace> {
  const owner = await register(app);
  return { owner, robots: { one: await robotOf(app, owner), other: await robotOf(app, owner) } };
}

/** `at` hears it. Gives the contact and the conversation that it came to. */
export async function hear(
  at: Pick<RobotsPlatform, 'http' | 'services'>,
  { robots }: Heardplace,
  { name, by, group = '', id, account }: Heard,
): Promise<{ contact: string; talk: string }> {
  const robot = by === 'other' ? robots.other : robots.one;
  const spoken = `I am ${crypto.randomUUID()}`;
  await upload(
    { ...robot, http: at.http.bearer(robot.token) },
    { receivedName: name, groupName: group, receivedId: id, accountId: account, spoken },
  );
  const row = await at.services.db
    .read('robots_messages as own')
    .join('robots_conversations as talk', 'talk.id', 'own.conversation')
    .join('robots_contacts as contact', 'contact.id', 'talk.contact')
    .where({ 'own.spoken': spoken })
    .first({ contact: 'contact.uuid', talk: 'talk.uuid', merged: 'contact.merged_into' });
  assert.ok(row && row.merged === null, 'a conversation is with nobody who is somebody else');
  return row;
}

/** The first by one process, the second by another. */
export async function checkIdentity(
  { heard, isOnePerson, isOneTalk, areProved }: IdentityCase,
  first: RobotsPlatform,
  second: RobotsPlatform,
): Promise<void> {
  const place = await placeOf(first);
  const earlier = await hear(first, place, heard[0]);
  const contacts = '/api/platform/robots/contacts';
  const noted = { notes: 'Owes us 900 euros', fields: { street: 'Elm Street 5' }, consent: 'refused' };
  assert.equal((await place.owner.http.patch(`${contacts}/${earlier.contact}`, noted)).status, 200);
  const later = await hear(second, place, heard[1]);
  const { contact } = await standing(first, earlier.talk);
  assert.deepEqual(
    { isOnePerson: contact === later.contact, isOneTalk: earlier.talk === later.talk },
    { isOnePerson, isOneTalk },
  );
  const views = await Promise.all(
    [contact, later.contact].map(async (id) => (await place.owner.http.get(`${contacts}/${id}`)).body),
  );
  assert.deepEqual(
    views.map(({ is_proved }) => is_proved),
    areProved,
  );
  const [, of] = views;
  const expected = isOnePerson ? noted : { notes: '', fields: {}, consent: 'unknown' };
  assert.deepEqual({ notes: of.notes, fields: of.fields, consent: of.consent }, expected);
}

export async function standing(app: RobotsPlatform, talk: string): Promise<{ contact: string }> {
  const row = await app.services.db
    .read('robots_conversations as talk')
    .join('robots_contacts as contact', 'contact.id', 'talk.contact')
    .where({ 'talk.uuid': talk })
    .first({ contact: 'contact.uuid' });
  assert.ok(row);
  return row;
}
