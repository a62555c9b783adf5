// The saved query that the address names: `/hunting?query=<id>`. Only its id is there, never its text.
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import { savedQuery } from './api.ts';
import { useDraft } from './draft.ts';

/**
 * Brings the query of the address into the editor. Where something else stands there that was not saved, the reader is
 * asked first.
 */
export function useLinkedQuery() {
  const { query: asked }: { query?: unknown } = useSearch({ strict: false });
  const id = typeof asked === 'string' && asked !== '' ? asked : undefined;
  const navigate = useNavigate();
  const { text, saved, isChanged, set } = useDraft();
  const { data, error } = useQuery({ ...savedQuery(id ?? ''), enabled: id !== undefined });
  const isOther = data !== undefined && data.id === id && saved?.id !== data.id;
  const isAsking = isOther && isChanged && text.trim() !== '';
  useEffect(() => {
    if (isOther && !isAsking) set({ text: data.query, saved: data });
  }, [isOther, isAsking, data, set]);

  const goTo = (to: string | undefined) =>
    // The router's types know only searches that were declared.
    void navigate({
      to: '/hunting',
      search: (to === undefined ? {} : { query: to }) as never,
      replace: to === undefined,
    });
  return {
    error: id === undefined ? null : error,
    open: (wanted: string) => goTo(wanted),
    asking: {
      isAsking,
      onReplace: () => data && set({ text: data.query, saved: data }),
      onKeep: () => goTo(saved?.id),
    },
  };
}
