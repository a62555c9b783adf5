import { makeStyles, Text, tokens } from '@fluentui/react-components';
import { useState } from 'react';
import { useTexts } from '../../i18n/texts.ts';
import { type ApiDocument, resolve, type Schema, typeOf } from './openapi.ts';

const useStyles = makeStyles({
  list: {
    margin: 0,
    paddingInlineStart: '16px',
    listStyleType: 'none',
    borderLeft: `2px solid ${tokens.colorNeutralStroke2}`,
    overflowWrap: 'anywhere',
  },
  item: { padding: '3px 0' },
  type: { color: tokens.colorNeutralForeground2 },
  summary: { cursor: 'pointer' },
});

interface SchemaViewProps {
  readonly document: ApiDocument;
  readonly schema: Schema;
}

/** The members of a schema; those with members of their own open on demand, so that circles do no harm. */
export function SchemaView({ document, schema: given }: SchemaViewProps) {
  const styles = useStyles();
  const { schema } = resolve(document, given);
  const members = membersOf(document, schema);
  if (members === undefined) {
    return (
      <Text size={200}>
        <code>{typeOf(document, given)}</code> {schema.description}
      </Text>
    );
  }
  const needed = new Set(members.required ?? []);
  return (
    <ul className={styles.list}>
      {Object.entries(members.properties ?? {}).map(([name, member]) => (
        <li key={name} className={styles.item}>
          <Member document={document} name={name} schema={member} isNeeded={needed.has(name)} />
        </li>
      ))}
    </ul>
  );
}

/** The object with the members to show: the schema itself, what its list holds, or the one object among several. */
function membersOf(document: ApiDocument, schema: Schema): Schema | undefined {
  if (schema.properties) return schema;
  const inner =
    schema.items ?? (schema.anyOf ?? schema.oneOf)?.find((each) => resolve(document, each).schema.type !== 'null');
  if (inner === undefined) return undefined;
  const { schema: found } = resolve(document, inner);
  return found === schema ? undefined : membersOf(document, found);
}

interface MemberProps extends SchemaViewProps {
  readonly name: string;
  readonly isNeeded: boolean;
}

function Member({ document, name, schema, isNeeded }: MemberProps) {
  const styles = useStyles();
  const t = useTexts('help');
  const [isOpen, setOpen] = useState(false);
  const { schema: resolved } = resolve(document, schema);
  const line = (
    <>
      <code>{name}</code>
      {isNeeded && ` (${t('api.required')})`}{' '}
      <Text size={200} className={styles.type}>
        {typeOf(document, schema)}
        {limitsOf(resolved)}
      </Text>{' '}
      {resolved.description !== undefined && <Text size={200}>{resolved.description}</Text>}
    </>
  );
  if (membersOf(document, resolved) === undefined) return line;
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className={styles.summary}>{line}</summary>
      {isOpen && <SchemaView document={document} schema={schema} />}
    </details>
  );
}

/** Bounds, as people write them. */
export function limitsOf({ minimum, maximum, maxLength, default: initial }: Schema): string {
  const parts = [
    ...(minimum === undefined ? [] : [`≥ ${minimum}`]),
    ...(maximum === undefined ? [] : [`≤ ${maximum}`]),
    ...(maxLength === undefined ? [] : [`≤ ${maxLength} chars`]),
    ...(initial === undefined ? [] : [`= ${JSON.stringify(initial)}`]),
  ];
  return parts.length === 0 ? '' : `, ${parts.join(', ')}`;
}
