/**
 * HTML of strangers made safe to show: no scripts, forms or styles that reach out of the mail, no images that tell
 * the sender who reads, links that show where they lead. Runs in the worker thread.
 */
import sanitizeHtml from 'sanitize-html';
import { withoutDepth } from './depth.ts';

export interface SanitizeWish {
  html: string;
  /** Where inline images are, by content id. */
  inlineImages: Record<string, string>;
  /** Makes the address of the image proxy for a remote image; absent leaves remote images out. */
  proxyPrefix?: string;
}

/** What an image that was left out is replaced by: one transparent pixel. */
const NOTHING = 'data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==';
const PIXELS = /^\d{1,4}$/;
const STYLES = {
  '*': Object.fromEntries(
    [
      'color',
      'background-color',
      'font-size',
      'font-weight',
      'font-style',
      'font-family',
      'text-align',
      'text-decoration',
      'line-height',
      'letter-spacing',
      'width',
      'max-width',
      'height',
      'padding',
      'padding-top',
      'padding-right',
      'padding-bottom',
      'padding-left',
      'margin',
      'margin-top',
      'margin-right',
      'margin-bottom',
      'margin-left',
      'border',
      'border-collapse',
      'border-radius',
      'vertical-align',
      'display',
    ].map((name) => [name, [/^(?!.*(?:url|expression|javascript|@import))[\w\s#%.,()'"+-]{1,200}$/i]]),
  ),
};

/** Gives the safe HTML, and the remote images that it had. */
export function sanitize({ html, inlineImages, proxyPrefix }: SanitizeWish): { html: string; remoteImages: number } {
  let remoteImages = 0;
  const image = (source: string): string => {
    if (/^cid:/i.test(source)) {
      const id = decodeCid(source);
      return (Object.hasOwn(inlineImages, id) && inlineImages[id]) || NOTHING;
    }
    if (/^data:image\/(?:png|jpe?g|gif|webp);base64,/i.test(source)) return source;
    if (!/^https?:\/\//i.test(source)) return NOTHING;
    remoteImages++;
    return proxyPrefix ? `${proxyPrefix}${encodeURIComponent(source)}` : NOTHING;
  };
  const clean = sanitizeHtml(withoutDepth(html), {
    allowedTags: [
      'a',
      'abbr',
      'address',
      'article',
      'aside',
      'b',
      'bdi',
      'bdo',
      'blockquote',
      'br',
      'caption',
      'center',
      'cite',
      'code',
      'col',
      'colgroup',
      'dd',
      'del',
      'div',
      'dl',
      'dt',
      'em',
      'figcaption',
      'figure',
      'font',
      'footer',
      'h1',
      'h2',
      'h3',
      'h4',
      'h5',
      'h6',
      'header',
      'hr',
      'i',
      'img',
      'ins',
      'kbd',
      'li',
      'main',
      'mark',
      'ol',
      'p',
      'pre',
      'q',
      's',
      'samp',
      'section',
      'small',
      'span',
      'strike',
      'strong',
      'sub',
      'sup',
      'table',
      'tbody',
      'td',
      'tfoot',
      'th',
      'thead',
      'time',
      'tr',
      'tt',
      'u',
      'ul',
      'var',
      'wbr',
    ],
    allowedAttributes: {
      a: ['href', 'title', 'target', 'rel'],
      img: ['src', 'alt', 'width', 'height', 'title'],
      font: ['color', 'face', 'size'],
      '*': [
        'style',
        'align',
        'valign',
        'width',
        'height',
        'bgcolor',
        'dir',
        'lang',
        'colspan',
        'rowspan',
        'border',
        'cellpadding',
        'cellspacing',
      ],
    },
    allowedStyles: STYLES,
    allowedSchemes: ['http', 'https', 'mailto', 'tel'],
    allowedSchemesByTag: { img: ['http', 'https', 'data'] },
    allowProtocolRelative: false,
    disallowedTagsMode: 'discard',
    nestingLimit: 100,
    transformTags: {
      a: (tagName, attribs) => ({
        tagName,
        attribs: {
          ...(isLink(attribs.href) && { href: attribs.href, title: attribs.href }),
          target: '_blank',
          rel: 'noopener noreferrer nofollow',
        },
      }),
      img: (tagName, attribs) => {
        const src = image(attribs.src ?? '');
        return { tagName, attribs: { ...attribs, src: src === NOTHING ? nothingOf(attribs) : src } };
      },
    },
  });
  return { html: clean, remoteImages };
}

/** As large as the image would be: one pixel would be drawn as a square of its width. */
function nothingOf({ width = '', height = '1' }: Record<string, string>): string {
  if (!PIXELS.test(width) || !PIXELS.test(height)) return NOTHING;
  return `data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='${width}' height='${height}'/%3E`;
}

function isLink(href: string | undefined): href is string {
  return /^(?:https?:|mailto:|tel:)/i.test(href ?? '');
}

function decodeCid(source: string): string {
  try {
    return decodeURIComponent(source.slice(4));
  } catch {
    return source.slice(4);
  }
}
