import { Field, Input, makeStyles, Select, Text } from '@fluentui/react-components';
import { useState } from 'react';
import type { HuntingIngestAnswer } from '../../../src/apis/management/ingest-schemas.ts';
import type { Type } from '../../../src/lib/schema.ts';
import { managementPath, queryText } from '../../api/client.ts';
import { upload } from '../../api/upload.ts';
import { RouterLink } from '../../components/RouterLink.tsx';
import { Permitted } from '../../components/states.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import { CopyField } from '../../ui/CopyField.tsx';
import { Definitions } from '../../ui/Definitions.tsx';
import { Notice } from '../../ui/Message.tsx';
import { Section } from '../../ui/Page.tsx';
import { FileSender } from './FileSender.tsx';
import { SettingsFrame } from './SettingsFrame.tsx';
import { useUpload } from './use-upload.ts';

const useStyles = makeStyles({
  stack: { display: 'flex', flexDirection: 'column', gap: '16px', maxWidth: '720px' },
  list: { margin: 0, paddingInlineStart: '20px', overflowWrap: 'anywhere' },
});

const kinds = ['activities', 'alerts', 'incidents', 'machines', 'hunting'] as const;
type Kind = (typeof kinds)[number];
/** `tables` with hunting records only. */
type Answer = Omit<Type.Static<typeof HuntingIngestAnswer>, 'tables'> &
  Partial<Pick<Type.Static<typeof HuntingIngestAnswer>, 'tables'>>;

const needed = ['Ingest.write'];

/** Settings > Organization settings > Records: how activities, alerts and the rest come in. */
export function RecordsPage() {
  const styles = useStyles();
  const t = useTexts('settings');
  const common = useTexts('common');
  const [kind, setKind] = useState<Kind>('activities');
  const [table, setTable] = useState('');
  const chosen = { kind, table: kind === 'hunting' ? table.trim() : '' };
  return (
    <SettingsFrame lead={t('records.lead')}>
      <div className={styles.stack}>
        <Field label={t('records.kind')} hint={t(`records.about.${kind}`)}>
          <Select
            value={kind}
            onChange={(_event, { value }) => setKind(kinds.find((each) => each === value) ?? 'activities')}
          >
            {kinds.map((each) => (
              <option key={each} value={each}>
                {t(`records.kindOf.${each}`)}
              </option>
            ))}
          </Select>
        </Field>
        {kind === 'hunting' && (
          <Field label={t('records.table')} hint={t('records.tableHint')}>
            <Input value={table} maxLength={100} onChange={(_event, { value }) => setTable(value)} />
          </Field>
        )}
      </div>
      <Section title={t('records.program')}>
        <div className={styles.stack}>
          <Text>{t('records.programLead')}</Text>
          <RouterLink to="/settings/security-extensions/api-tokens">{common('nav.api-tokens')}</RouterLink>
          <CopyField
            label={t('records.command')}
            hint={t('records.commandHint')}
            value={commandOf(chosen)}
            copyText={common('action.copy')}
            copiedText={common('action.copied')}
          />
          <RouterLink to="/help/api">{t('records.formats')}</RouterLink>
        </div>
      </Section>
      <Section title={t('records.file')}>
        <Permitted any={needed}>
          <SendFile key={kind} kind={chosen.kind} table={chosen.table} />
        </Permitted>
      </Section>
      <Section title={t('records.others')}>
        <ul className={styles.list}>
          <li>
            <RouterLink to="/settings/log-upload/data-sources">{common('nav.data-sources')}</RouterLink>
          </li>
          <li>
            <RouterLink to="/discovery/uploads">{common('nav.snapshots')}</RouterLink>
          </li>
        </ul>
      </Section>
    </SettingsFrame>
  );
}

interface Chosen {
  readonly kind: Kind;
  readonly table: string;
}

function pathOf({ kind, table }: Chosen): string {
  return managementPath('ingest', kind) + queryText({ table });
}

/** The token is typed, so that neither this line nor the shell's history holds it. */
function commandOf(chosen: Chosen): string {
  const target = new URL(pathOf(chosen), location.href).href.replaceAll("'", '%27');
  return `read -rs TOKEN; curl -H "Authorization: Token $TOKEN" -H 'content-type: application/x-ndjson' --data-binary @records.ndjson '${target}'`;
}

function SendFile({ kind, table }: Chosen) {
  const styles = useStyles();
  const t = useTexts('settings');
  const [file, setFile] = useState<File>();
  const sending = useUpload<Answer | undefined>(async (signal, progress) => {
    if (!file) return undefined;
    const isCsv = kind === 'hunting' && /\.csv$/i.test(file.name);
    const contentType = isCsv ? 'text/csv' : 'application/x-ndjson';
    return await upload<Answer>(pathOf({ kind, table }), file, { method: 'POST', contentType, signal, progress });
  });
  return (
    <div className={styles.stack}>
      <FileSender
        label={t('records.choose')}
        hint={kind === 'hunting' ? t('records.fileHintHunting') : t('records.fileHint')}
        submitText={t('records.send')}
        isReady={file !== undefined}
        sending={sending}
        choose={setFile}
        send={() => void sending.begin()}
      />
      <div role="status">{sending.result && <Outcome answer={sending.result} />}</div>
    </div>
  );
}

const problemsShown = 20;

function Outcome({ answer }: { answer: Answer }) {
  const styles = useStyles();
  const t = useTexts('settings');
  const { number } = useFormat();
  const { received, stored, duplicates, rejected, problems, tables = [] } = answer;
  return (
    <div className={styles.stack}>
      <Notice intent={rejected === 0 ? 'success' : 'warning'} title={t('records.done', { count: number(stored) })} />
      <Definitions
        items={[
          [t('records.received'), number(received)],
          [t('records.stored'), number(stored)],
          [t('records.duplicates'), number(duplicates)],
          [t('records.rejected'), number(rejected)],
          ...tables.map((each) => [each.table, number(each.stored)] as const),
        ]}
      />
      {problems.length > 0 && (
        <ul className={styles.list} aria-label={t('records.problems')}>
          {problems.slice(0, problemsShown).map(({ line, reason }) => (
            <li key={`${line} ${reason}`}>{t('records.problem', { line: number(line), reason })}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
