/** A page made on the server, with a content security policy that allows exactly its own style and script. */
import { createHash } from 'node:crypto';
import { type Reply, reply } from './reply.ts';

export interface HtmlPage {
  title: string;
  /** What stands in the page, escaped by whoever made it. */
  body: string;
  style: string;
  /** It may speak to this server and to nobody else. */
  script?: string;
}

/** The answer with the page. Its address goes to nobody as a referrer: it may carry a token. */
export function htmlPage({ title, body, style, script }: HtmlPage): Reply {
  const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
${body}
${script === undefined ? '' : `<script>${script}</script>\n`}</html>
`;
  const policy = [
    "default-src 'none'",
    `style-src ${hashOf(style)}`,
    ...(script === undefined ? [] : [`script-src ${hashOf(script)}`, "connect-src 'self'"]),
    "frame-ancestors 'none'",
  ];
  return reply(200, html, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy.join('; '),
    'referrer-policy': 'no-referrer',
  });
}

/** A text as it may stand in HTML, in an attribute too. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
