import { Link as FluentLink } from '@fluentui/react-components';
import { useLinkProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';

interface RouterLinkProps {
  /** Path below /portal, with its query: `/incidents?page=2`. */
  readonly to: string;
  readonly children: ReactNode;
}

/** A link to another page of the portal: a real address, opened without loading anew. */
export function RouterLink({ to, children }: RouterLinkProps) {
  const [path = '', query = ''] = to.split('?');
  const props = useLinkProps({ to: path, search: Object.fromEntries(new URLSearchParams(query)) });
  return <FluentLink {...(props as { href?: string })}>{children}</FluentLink>; // The props of an <a>.
}
