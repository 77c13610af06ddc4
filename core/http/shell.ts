/**
 * The web UI answers when somebody opens an address in a browser: each that no route or file has, and the plain pages of
 * routes that it does better (`plainPage`). Programs, which ask for no HTML, get what they always got.
 */
import type Koa from 'koa';
import type { Route } from './route.ts';

/** The page that a browser gets; it finds out by itself what to show at this address. */
export interface ShellPage {
  html: string;
  /** Content-Security-Policy of this answer, without `frame-ancestors`. */
  contentSecurityPolicy: string;
}

export type Shell = (request: { path: string; hasCookie: boolean }) => ShellPage;

/** What programs call: an unknown path below it is a mistake of theirs, not a page. */
const OF_PROGRAMS = /^\/(api|hooks|mcp|plugins|assets)(\/|$)/;

/** Whether a browser has been sent to this address by a person. */
export function isOpenedByPerson(ctx: Koa.Context): boolean {
  if (ctx.method !== 'GET' && ctx.method !== 'HEAD') return false;
  const destination = ctx.get('sec-fetch-dest');
  if (destination !== '' && destination !== 'document') return false;
  return ctx.get('accept').includes('text/html');
}

/** Whether the shell shows this address: a page that it does better, or one that nobody else has. */
export function isForShell(route: Pick<Route, 'plainPage'> | undefined, path: string): boolean {
  return route ? route.plainPage === true : !OF_PROGRAMS.test(path);
}

export function sendShell(ctx: Koa.Context, shell: Shell): void {
  const { html, contentSecurityPolicy } = shell({ path: ctx.path, hasCookie: ctx.get('cookie') !== '' });
  ctx.status = 200;
  ctx.set({
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': `${contentSecurityPolicy}; frame-ancestors 'none'`,
    vary: 'accept',
  });
  ctx.body = html;
}
