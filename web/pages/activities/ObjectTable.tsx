import { useTexts } from '../../i18n/texts.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { Section } from '../../ui/Page.tsx';
import type { EventObject } from './calls.ts';
import { useActivityWords } from './words.ts';

/** What an activity was done to, by whom, and with which application; a record names at most a few hundred. */
export function ObjectTable({ objects }: { objects: readonly EventObject[] }) {
  const t = useTexts('activities');
  const words = useActivityWords();
  const columns: readonly Column<EventObject>[] = [
    { id: 'name', header: t('objectName'), cell: ({ name }) => name, width: '40%' },
    { id: 'kind', header: t('objectKind'), cell: words.objectKind },
    { id: 'role', header: t('objectRole'), cell: words.objectRole },
    { id: 'id', header: 'ID', cell: ({ id }) => id, width: '30%' },
  ];
  if (objects.length === 0) return null;
  // The same thing may stand in a record twice.
  const rows = [...new Map(objects.map((each) => [keyOf(each), each])).values()];
  return (
    <Section title={t('objects')}>
      <DataTable label={t('objects')} columns={columns} rows={rows} rowKey={keyOf} />
    </Section>
  );
}

function keyOf({ objType, role, id, name }: EventObject): string {
  return JSON.stringify([objType, role, id, name]);
}
