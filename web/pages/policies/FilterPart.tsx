import { makeStyles, Spinner, Text, tokens } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { FilterBuilder } from '../../components/FilterBuilder.tsx';
import { filterFieldsQuery } from '../../components/filter-fields.ts';
import { ProblemNotice } from '../../components/states.tsx';
import { useTexts } from '../../i18n/texts.ts';
import { Section } from '../../ui/Page.tsx';
import { filterProblem } from './checks.ts';
import { useChoices } from './choices.ts';
import type { PartProps } from './GeneralParts.tsx';

const useStyles = makeStyles({ fault: { color: tokens.colorPaletteRedForeground1 } });

interface FilterPartProps extends PartProps {
  readonly title: string;
  readonly records: 'activity-policies' | 'app-policies';
  /** What the server refused the policy with. */
  readonly error: unknown;
}

/** What a policy looks for, in the fields that the server has for it. */
export function FilterPart({ title, records, fields, faults, change, error }: FilterPartProps) {
  const styles = useStyles();
  const common = useTexts('common');
  const known = useQuery(filterFieldsQuery(records));
  const choices = useChoices();
  return (
    <Section title={title}>
      {known.error && <ProblemNotice error={known.error} retry={() => void known.refetch()} />}
      {known.isPending && <Spinner label={common('state.loading')} />}
      {known.data && (
        <FilterBuilder
          label={title}
          fields={known.data.fields}
          value={fields.filters}
          onChange={(filters, isWhole) => change({ filters, isWhole })}
          choices={choices}
          error={filterProblem(error)}
        />
      )}
      {faults.filters !== undefined && (
        <Text role="alert" className={styles.fault}>
          {faults.filters}
        </Text>
      )}
    </Section>
  );
}
