import { makeStyles } from '@fluentui/react-components';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import { DataTable } from '../../ui/DataTable.tsx';
import { Definitions } from '../../ui/Definitions.tsx';
import { Notice } from '../../ui/Message.tsx';
import { Section } from '../../ui/Page.tsx';
import type { Upload } from './upload-calls.ts';
import { reasonOf } from './words.ts';

const useStyles = makeStyles({ code: { fontFamily: 'monospace', overflowWrap: 'anywhere' } });

type Result = NonNullable<Upload['result']>;

interface ReadingResultProps {
  readonly result: Result;
  /** What people call a kind of log. */
  titleOf(name: string): string;
}

/** What was read, used and left out, and why. */
export function ReadingResult({ result, titleOf }: ReadingResultProps) {
  const styles = useStyles();
  const t = useTexts('discovery');
  const { bytes, dateTime, number } = useFormat();
  const skipped = Object.entries(result.skipped).filter(([, count]) => count > 0);
  return (
    <>
      {result.looksLike !== null && (
        <Notice
          intent="warning"
          title={t('result.looksLike', { kind: titleOf(result.looksLike) })}
          detail={t('result.looksLikeDetail')}
        />
      )}
      <Section title={t('result.title')}>
        <Definitions
          items={[
            [t('result.read'), number(result.read)],
            [t('result.used'), number(result.used)],
            [t('result.apps'), number(result.apps)],
            [t('result.bytes'), bytes(result.bytes)],
            [t('result.firstTime'), dateTime(result.firstTime)],
            [t('result.lastTime'), dateTime(result.lastTime)],
            ...skipped.map(
              ([reason, count]) =>
                [t('result.skipped', { reason: t(`reason.${reasonOf(reason)}`) }), number(count)] as const,
            ),
          ]}
        />
      </Section>
      {result.firstBad.length > 0 && (
        <Section title={t('result.firstBad')}>
          <DataTable
            label={t('result.firstBad')}
            rows={result.firstBad}
            rowKey={({ line }) => String(line)}
            columns={[
              { id: 'line', header: t('result.line'), cell: ({ line }) => number(line), width: '88px' },
              {
                id: 'reason',
                header: t('result.reason'),
                cell: ({ reason }) => t(`reason.${reasonOf(reason)}`),
                width: '32%',
              },
              {
                id: 'excerpt',
                header: t('result.excerpt'),
                cell: ({ excerpt }) => <span className={styles.code}>{excerpt}</span>,
              },
            ]}
          />
        </Section>
      )}
    </>
  );
}
