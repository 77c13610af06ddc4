/**
 * The documentation as pages: the guides of `docs/` and of each plugin, read when the pages are built. `virtual:guides` lists
 * them with their sections, `virtual:guides/words` with the sentences in these, by which the palette finds them, and
 * `virtual:guides/pages` loads one.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import { lexer, type Token, type Tokens } from 'marked';
import type { Plugin } from 'vite';
import type { Guide, GuideNode } from '../kit/guide.ts';

const LIST = 'virtual:guides';
const WORDS = 'virtual:guides/words';
const PAGES = 'virtual:guides/pages';
const PAGE = 'virtual:guide/';
/** Headings below these belong to the section that they are in. */
const DEEPEST_SECTION = 3;
const SENTENCE_END = /[.;:!?]\s|\n\s*(?:\n|[-*|\d])/;
const WORD = /[\p{L}\p{N}][\p{L}\p{N}._-]*[\p{L}\p{N}]/gu;

export function guides(root: string): Plugin {
  const files = filesOf(root);
  const names = new Map(files.map(({ name, file }) => [file, name]));
  const tokensOf = (file: string) => lexer(readFileSync(join(root, file), 'utf8'));
  return {
    name: 'patchbay-guides',
    resolveId: (id) => (id === LIST || id === WORDS || id === PAGES || id.startsWith(PAGE) ? `\0${id}` : null),
    load(id) {
      const wanted = id.startsWith('\0') ? id.slice(1) : '';
      if (wanted === LIST || wanted === WORDS) {
        for (const { file } of files) this.addWatchFile(join(root, file));
        const all = files.map((one) => {
          const guide = guideOf(one.name, tokensOf(one.file));
          return wanted === WORDS && hasSentences(one) ? guide : withoutWords(guide);
        });
        return exported(all);
      }
      if (wanted === PAGES) {
        const loads = files.map(({ name }) => `${JSON.stringify(name)}: () => import('${PAGE}${name}')`);
        return `export default { ${loads.join(', ')} }`;
      }
      const found = files.find(({ name }) => wanted === PAGE + name);
      return found ? exported(nodesOf(tokensOf(found.file), linksOf(found.file, names))) : null;
    },
  };
}

const exported = (value: unknown) => `export default ${JSON.stringify(value)}`;

interface GuideFile {
  name: string;
  file: string;
}

/** Who opens the help for the first time begins at its top. */
const FIRST = ['getting-started', 'install', 'configuration', 'certificates', 'backup', 'security', 'licensing'];
/** For those who write plugins, or want to know how it is made. */
const LAST = /^(architecture|glossary|lists|live|performance|plugin-.*|publishing-a-plugin|states)$/;

function placeOf({ name }: GuideFile): number {
  if (LAST.test(name)) return FIRST.length + 1;
  const place = FIRST.indexOf(name);
  return place === -1 ? FIRST.length : place;
}

/** Of these the search knows the headings alone: their sentences are for who writes plugins or audits the server. */
const HEADINGS_ALONE = /^security$/;

function hasSentences({ name, file }: GuideFile): boolean {
  return file.startsWith('docs/') && !LAST.test(name) && !HEADINGS_ALONE.test(name);
}

/** Guides by their file, first steps first; decisions left out: those are for who changes the platform. */
function filesOf(root: string): GuideFile[] {
  const of = (folder: string, name: (file: string) => string): GuideFile[] =>
    readdirSync(join(root, folder))
      .filter((file) => file.endsWith('.md'))
      .sort()
      .map((file) => ({ name: name(file.slice(0, -'.md'.length)), file: `${folder}/${file}` }));
  const plugins = readdirSync(join(root, 'plugins')).sort();
  const all = [
    ...of('docs', (file) => file),
    ...of('docs/workflows', (file) => (file === 'README' ? 'workflows-language' : `workflows-${file}`)),
    ...plugins
      .map((name) => ({ name, file: `plugins/${name}/README.md` }))
      .filter(({ file }) => existsSync(join(root, file))),
  ];
  return all.sort((one, other) => placeOf(one) - placeOf(other));
}

export function guideOf(name: string, tokens: readonly Token[]): Guide {
  const sections: { title: string; slug: string; texts: string[] }[] = [];
  for (const token of tokens) {
    if (isHeading(token) && token.depth <= DEEPEST_SECTION) {
      const title = textOf(token.tokens ?? []);
      sections.push({ title, slug: slugOf(title), texts: [title] });
    } else sections.at(-1)?.texts.push(token.raw);
  }
  return {
    name,
    title: sections[0]?.title ?? name,
    sections: sections.map(({ title, slug, texts }) => ({
      title,
      slug,
      words: texts.flatMap(sentencesOf).join('\n'),
    })),
  };
}

/** The words of each sentence. */
function sentencesOf(text: string): string[] {
  return text
    .toLowerCase()
    .split(SENTENCE_END)
    .map((sentence) => [...new Set(sentence.match(WORD))].join(' '))
    .filter(Boolean);
}

function withoutWords({ sections, ...guide }: Guide): Guide {
  return { ...guide, sections: sections.map(({ title, slug }) => ({ title, slug, words: '' })) };
}

type LinkOf = (href: string) => string | undefined;

/** Links between guides lead to their pages, those to the rest of the sources nowhere. */
function linksOf(file: string, names: ReadonlyMap<string, string>): LinkOf {
  return (href) => {
    if (/^https?:/.test(href)) return href;
    const [path = '', hash = ''] = href.split('#');
    const target = path === '' ? file : posix.join(dirname(relative('.', file)), path);
    const name = names.get(target);
    return name && `/help/${name}${hash && `#${hash}`}`;
  };
}

/** The tags that a page knows; everything else is drawn as its text. */
export function nodesOf(tokens: readonly Token[], linkOf: LinkOf): GuideNode[] {
  return tokens.flatMap((token): GuideNode[] => nodeOf(token, linkOf));
}

function nodeOf(token: Token, linkOf: LinkOf): GuideNode[] {
  const within = () => nodesOf(('tokens' in token && token.tokens) || [], linkOf);
  const element = (tag: string, more: readonly GuideNode[] = within()) => [{ tag, in: more }];
  switch (token.type) {
    case 'heading': {
      const { depth, tokens = [] } = token as Tokens.Heading;
      return [{ tag: `h${depth}`, slug: slugOf(textOf(tokens)), in: within() }];
    }
    case 'paragraph':
      return element('p');
    case 'list': {
      const { ordered, items } = token as Tokens.List;
      const points = items.map((item): GuideNode => ({ tag: 'li', in: nodesOf(item.tokens, linkOf) }));
      return element(ordered ? 'ol' : 'ul', points);
    }
    case 'table': {
      const { header, rows } = token as Tokens.Table;
      const row = (cells: readonly Tokens.TableCell[], tag: string): GuideNode => ({
        tag: 'tr',
        in: cells.map((cell) => ({ tag, in: nodesOf(cell.tokens, linkOf) })),
      });
      const body = rows.map((cells) => row(cells, 'td'));
      return element('table', [
        { tag: 'thead', in: [row(header, 'th')] },
        { tag: 'tbody', in: body },
      ]);
    }
    case 'code':
      return element('pre', [(token as Tokens.Code).text]);
    case 'codespan':
      return element('code', [(token as Tokens.Codespan).text]);
    case 'blockquote':
      return element('blockquote');
    case 'strong':
    case 'em':
    case 'del':
      return element(token.type);
    case 'hr':
      return element('hr', []);
    case 'br':
      return element('br', []);
    case 'link': {
      const to = linkOf((token as Tokens.Link).href);
      return to === undefined ? within() : [{ tag: 'a', to, in: within() }];
    }
    // Pictures and HTML are for those who read the files.
    case 'image':
    case 'html':
    case 'space':
    case 'def':
      return [];
    default:
      return 'tokens' in token && token.tokens ? within() : [('text' in token && token.text) || token.raw];
  }
}

function isHeading(token: Token): token is Tokens.Heading {
  return token.type === 'heading';
}

function textOf(tokens: readonly Token[]): string {
  return tokens
    .map((token) =>
      'tokens' in token && token.tokens ? textOf(token.tokens) : 'text' in token ? token.text : token.raw,
    )
    .join('');
}

/** As code hosts make it of a heading, so that links with a `#` work in both places. */
export function slugOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');
}
