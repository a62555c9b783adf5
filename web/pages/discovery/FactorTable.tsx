import { makeStyles, Text } from '@fluentui/react-components';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import { DataTable } from '../../ui/DataTable.tsx';
import type { App } from './app-calls.ts';
import { useFactorText } from './factors.ts';

const useStyles = makeStyles({ source: { overflowWrap: 'anywhere' } });

type Factor = App['computed']['factors'][number];

/** What the score is made of: each factor with its points, its weight, what it adds, and who says so as of which day. */
export function FactorTable({ app }: { app: App }) {
  const styles = useStyles();
  const t = useTexts('discovery');
  const { date, number } = useFormat();
  const nameOf = useFactorText();
  return (
    <>
      <Text>{t('factors.lead')}</Text>
      <DataTable<Factor>
        label={t('factors.label')}
        rows={app.computed.factors}
        rowKey={({ name }) => name}
        columns={[
          { id: 'name', header: t('factors.name'), cell: ({ name }) => nameOf(name), width: '24%' },
          { id: 'category', header: t('factors.category'), cell: ({ category }) => t(`factors.${category}`) },
          {
            id: 'points',
            header: t('factors.points'),
            cell: ({ points }) => (points === null ? t('factors.unknown') : number(points)),
          },
          { id: 'weight', header: t('factors.weight'), cell: ({ weight }) => number(weight) },
          { id: 'contribution', header: t('factors.contribution'), cell: ({ contribution }) => number(contribution) },
          {
            id: 'source',
            header: t('factors.source'),
            cell: ({ source }) => <span className={styles.source}>{source ?? '–'}</span>,
            width: '24%',
          },
          { id: 'asOf', header: t('factors.asOf'), cell: ({ asOf }) => date(asOf) },
        ]}
      />
    </>
  );
}
