import { makeStyles, Text, tokens } from '@fluentui/react-components';
import { useFormat } from '../../i18n/format.ts';
import { usePermissionWords } from '../../i18n/permission-words.ts';
import { useTexts } from '../../i18n/texts.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { Notice } from '../../ui/Message.tsx';
import { Section } from '../../ui/Page.tsx';
import { knownClaim, type Members, permissionsIn, timeClaims, timeOf, timeState } from './decode.ts';

const useStyles = makeStyles({
  value: {
    fontFamily: 'ui-monospace, SFMono-Regular, Consolas, monospace',
    fontSize: tokens.fontSizeBase200,
    overflowWrap: 'anywhere',
    whiteSpace: 'pre-wrap',
  },
});

type Claim = readonly [name: string, value: unknown];

const intents = { valid: 'success', expired: 'warning', 'not-yet': 'warning', 'not-told': 'info' } as const;

/** What a JWT says of itself, claim by claim. */
export function Claims({ header, claims }: { header: Members; claims: Members }) {
  const t = useTexts('help');
  const { exact, relative } = useFormat();
  const state = timeState(claims, Date.now());
  const expires = timeOf(claims.exp);
  const columns = useColumns();
  const permissions = permissionsIn(claims);
  return (
    <>
      <Notice
        intent={intents[state]}
        title={t(`validator.times.${state}`)}
        detail={expires === undefined ? '' : t('validator.expires', { at: exact(expires), in: relative(expires) })}
      />
      <Section title={t('validator.claims')}>
        <DataTable
          label={t('validator.claims')}
          columns={columns}
          rows={Object.entries(claims)}
          rowKey={([name]) => name}
        />
      </Section>
      {permissions.length > 0 && <Permissions names={permissions} />}
      <Section title={t('validator.header')}>
        <DataTable
          label={t('validator.header')}
          columns={columns}
          rows={Object.entries(header)}
          rowKey={([name]) => name}
        />
      </Section>
      <Section title={t('validator.signature')}>
        <Text>{t('validator.signatureHere')}</Text>
      </Section>
    </>
  );
}

function useColumns(): Column<Claim>[] {
  const styles = useStyles();
  const t = useTexts('help');
  const { exact } = useFormat();
  return [
    { id: 'name', header: t('validator.claim'), cell: ([name]) => <code>{name}</code>, width: '18%' },
    {
      id: 'value',
      header: t('validator.value'),
      width: '42%',
      cell: ([name, value]) => {
        const time = timeClaims.some((each) => each === name) ? timeOf(value) : undefined;
        const text = typeof value === 'string' ? value : JSON.stringify(value, null, 1);
        return <span className={styles.value}>{time === undefined ? text : `${text}\n${exact(time)}`}</span>;
      },
    },
    {
      id: 'meaning',
      header: t('validator.meaning'),
      cell: ([name]) => {
        const known = knownClaim(name);
        return known === undefined ? '–' : t(`claims.${known}`);
      },
    },
  ];
}

/** Application permissions and delegated permissions, in words. */
function Permissions({ names }: { names: readonly string[] }) {
  const t = useTexts('help');
  const wordsOf = usePermissionWords();
  return (
    <Section title={t('validator.permissions')}>
      <DataTable
        label={t('validator.permissions')}
        columns={[
          { id: 'name', header: t('validator.permission'), cell: (name: string) => <code>{name}</code>, width: '32%' },
          {
            id: 'words',
            header: t('validator.meaning'),
            cell: (name) => wordsOf(name)?.name ?? t('validator.noWords'),
          },
          { id: 'about', header: t('validator.reaches'), cell: (name) => wordsOf(name)?.about ?? '–' },
        ]}
        rows={names}
        rowKey={(name) => name}
      />
    </Section>
  );
}
