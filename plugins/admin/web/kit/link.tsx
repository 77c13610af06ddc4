/** A link to another page of the shell by its path: Mantine's `component={Link}` takes it. */
import { Link as RouterLink } from '@tanstack/react-router';
import type { AnchorHTMLAttributes, Ref } from 'react';

export interface LinkProps extends Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href'> {
  /** `/users/7?tab=keys` */
  to: string;
  ref?: Ref<HTMLAnchorElement>;
}

const EXACTLY = { exact: true, includeSearch: false };

export function Link({ to, ...rest }: LinkProps) {
  const { pathname, search, hash } = new URL(to, location.origin);
  const query = Object.fromEntries(new URLSearchParams(search));
  // The present page is this one alone: what lies above it is not, or menus and tabs would mark both.
  return (
    <RouterLink activeOptions={EXACTLY} {...rest} to={pathname as never} search={query as never} hash={hash.slice(1)} />
  );
}
