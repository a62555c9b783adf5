import { Badge, makeStyles, Text, tokens } from '@fluentui/react-components';
import { useTexts } from '../../i18n/texts.ts';
import { DataTable } from '../../ui/DataTable.tsx';
import { Definitions } from '../../ui/Definitions.tsx';
import { type ApiDocument, type Operation, type Parameter, permissionKinds, resolveAnswer, typeOf } from './openapi.ts';
import { limitsOf, SchemaView } from './SchemaView.tsx';
import { TryIt } from './TryIt.tsx';

const useStyles = makeStyles({
  head: {
    display: 'flex',
    flexWrap: 'wrap',
    gap: '4px 12px',
    alignItems: 'baseline',
    minWidth: 0,
    // Of its own, for a head of several lines is higher than the room that the accordion leaves.
    padding: '8px 0',
    textAlign: 'start',
  },
  path: { overflowWrap: 'anywhere', minWidth: 0 },
  summary: { color: tokens.colorNeutralForeground2 },
  body: { display: 'flex', flexDirection: 'column', gap: '16px', paddingBottom: '16px', minWidth: 0 },
});

const colors = {
  GET: 'informative',
  POST: 'success',
  PUT: 'warning',
  PATCH: 'warning',
  DELETE: 'danger',
} as const;

/** Method, path and what the call does, in one line. */
export function OperationHead({ operation }: { operation: Operation }) {
  const styles = useStyles();
  const color = colors[operation.method as keyof typeof colors] ?? 'informative'; // Other methods have no colour of their own.
  return (
    <span className={styles.head}>
      <Badge appearance="outline" color={color}>
        {operation.method}
      </Badge>{' '}
      <code className={styles.path}>{operation.path}</code>{' '}
      <Text size={200} className={styles.summary}>
        {operation.summary}
      </Text>
    </span>
  );
}

/** Everything about one call: permissions, parameters, body, answers, and a form to try it. */
export function OperationView({ document, operation }: { document: ApiDocument; operation: Operation }) {
  const styles = useStyles();
  const t = useTexts('help');
  const permissions = operation['x-permissions'] ?? {};
  const alsoAt = operation['x-also-at'] ?? [];
  const bodies = Object.entries(operation.requestBody?.content ?? {});
  const facts = [
    ...permissionKinds.flatMap((kind) => {
      const names = permissions[kind];
      return names && names.length > 0 ? [[t(`api.permissions.${kind}`), names.join(', ')] as const] : [];
    }),
    ...(alsoAt.length > 0 ? [[t('api.alsoAt'), alsoAt.join(', ')] as const] : []),
  ];
  return (
    <div className={styles.body}>
      {operation.description !== undefined && <Text>{operation.description}</Text>}
      {facts.length > 0 && <Definitions items={facts} />}
      {(operation.parameters ?? []).length > 0 && (
        <Parameters document={document} parameters={operation.parameters ?? []} />
      )}
      {bodies.map(([type, { schema }]) => (
        <div key={type}>
          <Text as="h4" weight="semibold" block>
            {t('api.body')}: {type}
          </Text>
          {schema && <SchemaView document={document} schema={schema} />}
        </div>
      ))}
      <Answers document={document} operation={operation} />
      <TryIt document={document} operation={operation} />
    </div>
  );
}

function Parameters({ document, parameters }: { document: ApiDocument; parameters: readonly Parameter[] }) {
  const t = useTexts('help');
  const schemaOf = ({ schema, content }: Parameter) => schema ?? Object.values(content ?? {})[0]?.schema ?? {};
  return (
    <DataTable
      label={t('api.parameters')}
      columns={[
        {
          id: 'name',
          header: t('api.parameter'),
          width: '26%',
          cell: (each: Parameter) => (
            <>
              <code>{each.name}</code> {each.required === true && `(${t('api.required')})`}
            </>
          ),
        },
        { id: 'in', header: t('api.place'), width: '14%', cell: (each) => t(`api.places.${each.in}`) },
        {
          id: 'type',
          header: t('api.type'),
          cell: (each) => (
            <>
              {typeOf(document, schemaOf(each))}
              {limitsOf(schemaOf(each))}
            </>
          ),
        },
        {
          id: 'about',
          header: t('validator.meaning'),
          cell: (each) => each.description ?? schemaOf(each).description ?? '–',
        },
      ]}
      rows={parameters}
      rowKey={(each) => `${each.in} ${each.name}`}
    />
  );
}

function Answers({ document, operation }: { document: ApiDocument; operation: Operation }) {
  const t = useTexts('help');
  return Object.entries(operation.responses ?? {}).map(([status, given]) => {
    const { description, content } = resolveAnswer(document, given);
    const [type, media] = Object.entries(content ?? {})[0] ?? [];
    return (
      <details key={status}>
        <summary>
          {t('api.answer')} <code>{status}</code> {description} {type}
        </summary>
        {media?.schema && <SchemaView document={document} schema={media.schema} />}
      </details>
    );
  });
}
