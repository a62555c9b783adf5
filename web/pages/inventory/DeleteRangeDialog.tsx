import { makeStyles } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { may, useSession } from '../../api/session.ts';
import { ConfirmAct } from '../../components/ConfirmAct.tsx';
import { RouterLink } from '../../components/RouterLink.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import { deleteRange, policiesQuery, type RangeRecord, readPolicies } from './calls.ts';
import { policiesUsing } from './range-use.ts';
import type { PolicyRecord } from './records.ts';
import { useCategoryWords } from './words.ts';

const useStyles = makeStyles({
  list: { margin: 0, padding: 0, listStyleType: 'none', display: 'flex', flexDirection: 'column', gap: '2px' },
});

interface DeleteRangeDialogProps {
  readonly range: RangeRecord;
  onDone(): Promise<void>;
  onClose(): void;
}

/** Asks before a range is deleted: which addresses are known no more, and which policies look at what it says of them. */
export function DeleteRangeDialog({ range, onDone, onClose }: DeleteRangeDialogProps) {
  const t = useTexts('inventory');
  const common = useTexts('common');
  const categoryText = useCategoryWords();
  const { data: found } = useQuery({ ...policiesQuery, enabled: may(useSession(), readPolicies) });
  const { tags, subnets } = range;
  return (
    <ConfirmAct
      title={t('range.deleteTitle', { name: range.name })}
      lead={t('range.deleteLead')}
      items={[
        [t('range.ranges'), subnets.map(({ originalString }) => originalString).join(', ')],
        [t('range.category'), categoryText(range.category)],
        ...(tags.length === 0 ? [] : [[t('range.tags'), tags.map(({ name }) => name).join(', ')] as const]),
        [
          t('range.policies'),
          found === undefined ? t('range.policiesUnknown') : <Using key="policies" range={range} {...found} />,
        ],
      ]}
      confirmText={common('action.delete')}
      work={() => deleteRange(range._id)}
      onDone={() => void onDone()}
      onClose={onClose}
    />
  );
}

interface UsingProps {
  readonly range: RangeRecord;
  /** Those that were looked through. */
  readonly policies: readonly PolicyRecord[];
  readonly total: number;
}

function Using({ range, policies, total }: UsingProps) {
  const styles = useStyles();
  const t = useTexts('inventory');
  const { number } = useFormat();
  const used = policiesUsing(range, policies);
  const areAll = policies.length >= total;
  return (
    <>
      {used.length > 0 && (
        <ul className={styles.list}>
          {used.map(({ _id, name }) => (
            <li key={_id}>
              <RouterLink to={`/policies/${_id}`}>{name}</RouterLink>
            </li>
          ))}
        </ul>
      )}
      {used.length === 0 && areAll && t('range.noPolicies')}
      {!areAll && t('range.policiesBound', { count: number(policies.length), total: number(total) })}
    </>
  );
}
