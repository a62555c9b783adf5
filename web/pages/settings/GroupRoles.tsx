import { Button, Field, Input, makeStyles, Select, Text, tokens } from '@fluentui/react-components';
import { AddRegular } from '@fluentui/react-icons';
import { useQuery } from '@tanstack/react-query';
import { ProblemNotice } from '../../components/states.tsx';
import { useTexts } from '../../i18n/texts.ts';
import { rolesQuery } from '../people/calls.ts';
import { type FieldsProps, TextField } from './ProviderFields.tsx';
import type { GroupRow } from './provider-draft.ts';

const useStyles = makeStyles({
  rows: { display: 'flex', flexDirection: 'column', gap: '12px', margin: 0, padding: 0, listStyleType: 'none' },
  row: { display: 'flex', flexWrap: 'wrap', gap: '8px 12px', alignItems: 'flex-end' },
  group: { flex: '1 1 180px', minWidth: 0 },
  role: { flex: '1 1 180px', minWidth: 0 },
  kind: { flex: '1 1 140px', minWidth: 0 },
  fault: { color: tokens.colorPaletteRedForeground1 },
});

/** Which groups of the provider give which roles. */
export function GroupRoles({ draft, faultOf, change }: FieldsProps) {
  const styles = useStyles();
  const t = useTexts('settings');
  // Loaded with the page, not with the first row: the form would give way to a spinner.
  useTexts('people');
  const { groupRoles } = draft;
  const fault = faultOf('groupRoles');
  const add = () =>
    change({ groupRoles: [...groupRoles, { key: crypto.randomUUID(), group: '', role: '', kind: 'permanent' }] });
  return (
    <>
      <Text>{t('provider.rolesLead')}</Text>
      {groupRoles.length > 0 && (
        <ul className={styles.rows} aria-label={t('provider.roles')}>
          {groupRoles.map((row) => (
            <li key={row.key}>
              <Row
                row={row}
                change={(part) =>
                  change({ groupRoles: groupRoles.map((each) => (each.key === row.key ? { ...each, ...part } : each)) })
                }
                remove={() => change({ groupRoles: groupRoles.filter(({ key }) => key !== row.key) })}
              />
            </li>
          ))}
        </ul>
      )}
      {fault !== undefined && (
        <Text role="alert" className={styles.fault}>
          {fault}
        </Text>
      )}
      <div>
        <Button icon={<AddRegular />} onClick={add}>
          {t('provider.addGroup')}
        </Button>
      </div>
      {groupRoles.length > 0 && (
        <TextField
          label={t('provider.roleDays')}
          hint={t('provider.roleDaysHint')}
          fault={faultOf('roleDays')}
          value={draft.roleDays}
          maxLength={3}
          change={(roleDays) => change({ roleDays })}
        />
      )}
    </>
  );
}

interface RowProps {
  readonly row: GroupRow;
  change(part: Partial<GroupRow>): void;
  remove(): void;
}

function Row({ row, change, remove }: RowProps) {
  const styles = useStyles();
  const t = useTexts('settings');
  const people = useTexts('people');
  const roles = useQuery(rolesQuery);
  // A group cannot say which part of the data a limited role is for.
  const whole = (roles.data?.items ?? []).filter(({ scopedBy }) => scopedBy === 'nothing');
  return (
    <div className={styles.row}>
      {roles.error && <ProblemNotice error={roles.error} retry={() => void roles.refetch()} />}
      <Field className={styles.group} label={t('provider.group')}>
        <Input
          value={row.group}
          maxLength={256}
          autoComplete="off"
          onChange={(_event, { value }) => change({ group: value })}
        />
      </Field>
      <Field className={styles.role} label={people('role')}>
        <Select value={row.role} onChange={(_event, { value }) => change({ role: value })}>
          <option value="">{t('provider.chooseRole')}</option>
          {whole.map(({ key, displayName }) => (
            <option key={key} value={key}>
              {displayName}
            </option>
          ))}
        </Select>
      </Field>
      <Field className={styles.kind} label={people('kind.label')}>
        <Select
          value={row.kind}
          onChange={(_event, { value }) => change({ kind: value === 'eligible' ? 'eligible' : 'permanent' })}
        >
          <option value="permanent">{people('kind.permanent')}</option>
          <option value="eligible">{people('kind.eligible')}</option>
        </Select>
      </Field>
      <Button aria-label={`${t('removeRow')}: ${row.group}`} onClick={remove}>
        {t('removeRow')}
      </Button>
    </div>
  );
}
