import { Button, ProgressBar } from '@fluentui/react-components';
import { ArrowDownloadRegular } from '@fluentui/react-icons';
import { useRef, useState } from 'react';
import { CutNotice } from '../../components/CutNotice.tsx';
import { saveFile, toCsv } from '../../components/csv.ts';
import { type ExportCut, exportRowsMax } from '../../components/export-rows.ts';
import { ProblemNotice } from '../../components/states.tsx';
import { useTexts } from '../../i18n/texts.ts';
import type { Column } from '../../ui/DataTable.tsx';
import { type AuditFilter, type AuditRecord, listAudit } from './calls.ts';

interface AuditExportProps {
  readonly filter: AuditFilter;
  readonly columns: readonly Column<AuditRecord>[];
  readonly isEmpty: boolean;
}

/** What the filter shows, as CSV. The log has no total, so that the progress only says that it goes on. */
export function AuditExport({ filter, columns, isEmpty }: AuditExportProps) {
  const t = useTexts('common');
  const [isRunning, setRunning] = useState(false);
  const [error, setError] = useState<unknown>();
  const [cut, setCut] = useState<ExportCut>();
  const running = useRef<AbortController>(undefined);

  async function run(signal: AbortSignal): Promise<void> {
    const rows: AuditRecord[] = [];
    let before: number | undefined;
    do {
      const page = await listAudit(filter, before, signal);
      rows.push(...page.items);
      before = page.next ?? undefined;
    } while (before !== undefined && rows.length < exportRowsMax);
    saveFile('audit.csv', new Blob([toCsv(columns, rows)], { type: 'text/csv;charset=utf-8' }));
    if (before !== undefined) setCut({ rows: rows.length, total: rows.length, moreThanTotal: true });
  }

  const begin = () => {
    const stop = new AbortController();
    running.current = stop;
    setError(undefined);
    setCut(undefined);
    setRunning(true);
    run(stop.signal)
      .catch((problem: unknown) => stop.signal.aborted || setError(problem))
      .finally(() => setRunning(false));
  };

  return (
    <div>
      {error !== undefined && <ProblemNotice error={error} />}
      {cut && <CutNotice cut={cut} />}
      {isRunning ? (
        <>
          <ProgressBar aria-label={t('list.export')} />
          <Button size="small" onClick={() => running.current?.abort()}>
            {t('action.cancel')}
          </Button>
        </>
      ) : (
        <Button icon={<ArrowDownloadRegular />} disabled={isEmpty} onClick={begin}>
          {t('list.export')}
        </Button>
      )}
    </div>
  );
}
