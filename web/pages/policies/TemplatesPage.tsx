import { makeStyles, Spinner, Text, tokens } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { PermittedButton } from '../../components/PermittedButton.tsx';
import { Permitted, ProblemNotice } from '../../components/states.tsx';
import { useTexts } from '../../i18n/texts.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { Page } from '../../ui/Page.tsx';
import { SeverityLabel } from '../incidents/SeverityLabel.tsx';
import { manageOf, readPolicies, type Template, templatesQuery } from './calls.ts';
import { PolicyTabs } from './PolicyTabs.tsx';
import { useRiskText, useTemplateText } from './words.ts';

const useStyles = makeStyles({
  words: { display: 'flex', flexDirection: 'column', gap: '2px' },
  quiet: { color: tokens.colorNeutralForeground2 },
});

/** Policies to start from; the server has a fixed number of them. */
export function TemplatesPage() {
  const t = useTexts('policies');
  return (
    <Page title={t('tabs.templates')} lead={t('templates.lead')}>
      <PolicyTabs />
      <Permitted any={readPolicies}>
        <Templates />
      </Permitted>
    </Page>
  );
}

function Templates() {
  const t = useTexts('policies');
  const common = useTexts('common');
  const { data, error, refetch } = useQuery(templatesQuery);
  const columns = useColumns();
  const templateText = useTemplateText();
  if (error) return <ProblemNotice error={error} retry={() => void refetch()} />;
  if (!data) return <Spinner label={common('state.loading')} />;
  return (
    <DataTable
      label={t('templates.label')}
      columns={columns}
      rows={data.items.map(templateText)}
      rowKey={({ id }) => id}
    />
  );
}

function useColumns(): Column<Template>[] {
  const styles = useStyles();
  const t = useTexts('policies');
  const common = useTexts('common');
  const riskText = useRiskText();
  const navigate = useNavigate();
  return [
    {
      id: 'name',
      header: t('list.name'),
      cell: ({ name, description }) => (
        <div className={styles.words}>
          <Text weight="semibold">{name}</Text>
          <Text size={200} className={styles.quiet}>
            {description}
          </Text>
        </div>
      ),
      width: '40%',
    },
    { id: 'type', header: t('list.type'), cell: ({ type }) => t(`type.${type}`) },
    { id: 'severity', header: t('list.severity'), cell: ({ severity }) => <SeverityLabel severity={severity} /> },
    { id: 'category', header: t('list.category'), cell: ({ riskCategory }) => riskText(riskCategory) },
    {
      id: 'actions',
      header: common('list.actions'),
      cell: ({ id, name, type }) => (
        <PermittedButton
          any={[manageOf(type)]}
          size="small"
          aria-label={`${t('templates.useShort')}: ${name}`}
          // The router's types know only searches that were declared.
          onClick={() => void navigate({ to: '/policies/new', search: { template: id } } as never)}
        >
          {t('templates.useShort')}
        </PermittedButton>
      ),
    },
  ];
}
