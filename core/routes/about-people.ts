/** What is known of a person by their e-mail address, from all plugins at once: each reader sees what they may. */
import Type, { type Static } from 'typebox';
import { refusalOf } from '../access/access.ts';
import type { BoundPersonSection, PersonRow, PersonWish } from '../activity/about-people.ts';
import { coreErrors } from '../errors.ts';
import { route } from '../http/route.ts';
import { inTime } from '../in-time.ts';
import type { Logger } from '../observability/log.ts';
import { TextView, textOf } from '../pages/entries.ts';

const MOST_ADDRESSES = 5;
const MOST_ROWS = 20;
const ADDRESS = /^[^\s@,]{1,64}@[^\s@,]{1,255}$/u;

const RowView = Type.Object({
  title: Type.String(),
  detail: Type.Union([Type.String(), Type.Null()]),
  state: Type.Union([Type.Object({ value: Type.String(), text: TextView }), Type.Null()]),
  money: Type.Union([Type.Object({ amount: Type.Number(), currency: Type.String() }), Type.Null()], {
    description: 'In the major unit of the currency',
  }),
  at: Type.Union([Type.String(), Type.Null()]),
  path: Type.String({ description: 'Page of the web UI' }),
});

const SectionView = Type.Object({
  id: Type.String({ description: '`plugin.what`' }),
  title: TextView,
  rows: Type.Array(RowView, { description: 'Newest first' }),
  more: Type.Boolean({ description: 'Whether there are more' }),
  all: Type.Union([Type.String(), Type.Null()], { description: 'Page of the web UI that has all of them' }),
  failed: Type.Boolean({ description: 'It could not be read at the moment' }),
});

export function aboutPeopleRoutes(sections: readonly BoundPersonSection[]) {
  return [
    route({
      method: 'GET',
      path: '/api/platform/about-people',
      access: 'user',
      tag: 'people',
      summary: 'What is known of a person by their e-mail address: of what you may see, the newest of each kind',
      query: Type.Object({
        email: Type.String({
          minLength: 3,
          maxLength: 1_700,
          description: `Addresses of the same person, ${MOST_ADDRESSES} at most, with commas between them`,
        }),
        most: Type.Integer({ default: 5, minimum: 1, maximum: MOST_ROWS, description: 'Rows of each section' }),
      }),
      responses: { 200: Type.Object({ sections: Type.Array(SectionView) }) },
      async handler({ principal, query: { email, most }, log }) {
        const addresses = addressesIn(email);
        const mine = sections.filter(({ access }) => refusalOf(access, principal) === null);
        const wish = { principal, addresses, most };
        return { sections: await Promise.all(mine.map((section) => shownSection(section, wish, log))) };
      },
    }),
  ];
}

function addressesIn(text: string): string[] {
  const all = text.split(',').map((one) => one.trim().toLowerCase());
  const addresses = [...new Set(all.filter(Boolean))];
  if (addresses.length === 0 || addresses.length > MOST_ADDRESSES || !addresses.every((one) => ADDRESS.test(one)))
    throw coreErrors.bad_request({ message: `\`email\` takes one to ${MOST_ADDRESSES} e-mail addresses` });
  return addresses;
}

/** One that cannot be read at the moment hides nothing of what the others tell. */
async function shownSection(
  { id, title, find }: BoundPersonSection,
  wish: PersonWish,
  log: Logger,
): Promise<Static<typeof SectionView>> {
  const head = { id, title: textOf(title) };
  try {
    const { rows, all } = await inTime(() => find(wish));
    return { ...head, rows: rows.slice(0, wish.most).map(shownRow), more: rows.length > wish.most, all, failed: false };
  } catch (error) {
    log.error({ err: error, section: id }, 'What is known of somebody could not be read');
    return { ...head, rows: [], more: false, all: null, failed: true };
  }
}

function shownRow({ title, detail, state, money, at, path }: PersonRow): Static<typeof RowView> {
  return {
    title,
    detail: detail ?? null,
    state: state ? { value: state.value, text: textOf(state.text) } : null,
    money: money ?? null,
    at: at === undefined ? null : new Date(at).toISOString(),
    path,
  };
}
