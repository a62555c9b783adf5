import { useFormat } from '../i18n/format.ts';
import { useTexts } from '../i18n/texts.ts';
import { Notice } from '../ui/Message.tsx';
import type { ExportCut } from './export-rows.ts';

/** Says that the file that was exported does not hold the whole list. */
export function CutNotice({ cut }: { cut: ExportCut }) {
  const t = useTexts('common');
  const { number } = useFormat();
  const totalText = useTotalText();
  const detail = t('list.exportCutDetail', { rows: number(cut.rows), total: totalText(cut) });
  return <Notice intent="warning" title={t('list.exportCut')} detail={detail} />;
}

/** A number of rows, with a sign that the server did not count on. */
export function useTotalText(): (count: { readonly total: number; readonly moreThanTotal?: boolean }) => string {
  const { number } = useFormat();
  return ({ total, moreThanTotal }) => `${number(total)}${moreThanTotal ? '+' : ''}`;
}
