import { Badge, makeStyles, Text } from '@fluentui/react-components';
import type { TokenInspection } from '../../../src/apis/management/token-inspections-schemas.ts';
import type { Type } from '../../../src/lib/schema.ts';
import { useTexts } from '../../i18n/texts.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { Definitions } from '../../ui/Definitions.tsx';
import { Notice } from '../../ui/Message.tsx';
import { Section } from '../../ui/Page.tsx';

export type Inspected = Type.Static<typeof TokenInspection>;
type Endpoint = Inspected['endpoints'][number];
type Check = Inspected['checks'][number];

const useStyles = makeStyles({ code: { overflowWrap: 'anywhere' } });

const kinds = ['jwt', 'api-token', 'agent-token', 'session', 'unknown'] as const;
const sources = ['ours', 'foreign', 'untold'] as const;
const signatures = ['valid', 'invalid', 'not-verifiable'] as const;

/** What the server says of the token: its signature, the checks of a call with it, and which calls it opens. */
export function Inspection({ inspected }: { inspected: Inspected }) {
  const t = useTexts('help');
  const { signature, tenant, permissions, checks, endpoints } = inspected;
  const kind = kinds.find((each) => each === inspected.kind) ?? 'unknown';
  const source = sources.find((each) => each === inspected.source) ?? 'untold';
  const state = signatures.find((each) => each === signature?.state);
  const isGood = endpoints.some(({ outcome }) => outcome === 'opens');
  return (
    <Section title={t('inspection.title')}>
      <Notice
        intent={isGood ? 'success' : 'warning'}
        title={t(`inspection.kinds.${kind}`)}
        detail={inspected.summary}
      />
      <Definitions
        items={[
          [t('inspection.source'), t(`inspection.sources.${source}`)],
          ...(signature && state
            ? [[t('validator.signature'), `${t(`inspection.signatures.${state}`)} ${signature.detail}`] as const]
            : []),
          ...(tenant ? [[t('inspection.tenant'), tenant.displayName ?? tenant.id] as const] : []),
          ...(permissions ? [[t('inspection.inForce'), permissions.join(', ') || '–'] as const] : []),
        ]}
      />
      {checks.length > 0 && <Checks checks={checks} />}
      {endpoints.length > 0 && <Endpoints endpoints={endpoints} />}
    </Section>
  );
}

function Checks({ checks }: { checks: readonly Check[] }) {
  const t = useTexts('help');
  return (
    <Section title={t('inspection.checks')}>
      <DataTable
        label={t('inspection.checks')}
        columns={[
          { id: 'check', header: t('inspection.check'), cell: ({ check }: Check) => check, width: '24%' },
          {
            id: 'outcome',
            header: t('inspection.outcome'),
            cell: ({ outcome }) => <Outcome outcome={outcome} />,
            width: '16%',
          },
          { id: 'detail', header: t('inspection.detail'), cell: ({ detail }) => detail },
        ]}
        rows={checks}
        rowKey={({ check, detail }) => `${check} ${detail}`}
      />
    </Section>
  );
}

/** Calls that it opens first, then the others with the reason. */
function Endpoints({ endpoints }: { endpoints: readonly Endpoint[] }) {
  const styles = useStyles();
  const t = useTexts('help');
  const columns: Column<Endpoint>[] = [
    {
      id: 'call',
      header: t('inspection.call'),
      width: '44%',
      cell: ({ method, path }) => (
        <code className={styles.code}>
          {method} {path}
        </code>
      ),
    },
    {
      id: 'outcome',
      header: t('inspection.outcome'),
      cell: ({ outcome }) => <Outcome outcome={outcome} />,
      width: '16%',
    },
    { id: 'why', header: t('inspection.why'), cell: ({ why }) => why },
  ];
  const opened = endpoints.filter(({ outcome }) => outcome === 'opens');
  const others = endpoints.filter(({ outcome }) => outcome !== 'opens');
  return (
    <>
      <Section title={t('inspection.opens')}>
        {opened.length === 0 ? (
          <Text>{t('inspection.opensNothing')}</Text>
        ) : (
          <DataTable label={t('inspection.opens')} columns={columns} rows={opened} rowKey={keyOf} />
        )}
      </Section>
      {others.length > 0 && (
        <Section title={t('inspection.opensNot')}>
          <DataTable label={t('inspection.opensNot')} columns={columns} rows={others} rowKey={keyOf} />
        </Section>
      )}
    </>
  );
}

function keyOf({ surface, method, path }: Endpoint): string {
  return `${surface} ${method} ${path}`;
}

const outcomes = ['opens', 'refused', 'untold', 'passed', 'failed'] as const;
const outcomeColors = {
  opens: 'success',
  passed: 'success',
  refused: 'danger',
  failed: 'danger',
  untold: 'subtle',
} as const;

function Outcome({ outcome }: { outcome: string }) {
  const t = useTexts('help');
  const known = outcomes.find((each) => each === outcome);
  if (known === undefined) return outcome;
  return (
    <Badge appearance="tint" color={outcomeColors[known]}>
      {t(`inspection.outcomes.${known}`)}
    </Badge>
  );
}
