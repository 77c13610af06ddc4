/** A link to another page of the shell by its path: Mantine's `component={Link}` takes it. */
import { Link as RouterLink } from '@tanstack/react-router';
import type { AnchorHTMLAttributes, Ref } from 'react';

export interface LinkProps extends Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href'> {
  /** `/users/7?tab=keys` */
  to: string;
  ref?: Ref<HTMLAnchorElement>;
}

export function Link({ to, ...rest }: LinkProps) {
  const { pathname, search, hash } = new URL(to, location.origin);
  const query = Object.fromEntries(new URLSearchParams(search));
  return <RouterLink {...rest} to={pathname as never} search={query as never} hash={hash.slice(1)} />;
}
