import { Button, makeStyles, Text, tokens } from '@fluentui/react-components';
import { CheckmarkRegular, CopyRegular } from '@fluentui/react-icons';
import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { call, managementPath } from '../api/client.ts';
import { useTexts } from '../i18n/texts.ts';
import type { Filters } from './filter-model.ts';

const useStyles = makeStyles({
  stack: { display: 'flex', flexDirection: 'column', gap: '12px', minWidth: 0 },
  head: { display: 'flex', flexWrap: 'wrap', gap: '8px', alignItems: 'center' },
  code: {
    margin: 0,
    padding: '8px 12px',
    maxHeight: '240px',
    overflow: 'auto',
    whiteSpace: 'pre-wrap',
    overflowWrap: 'anywhere',
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase200,
    lineHeight: tokens.lineHeightBase300,
    backgroundColor: tokens.colorNeutralBackground3,
    borderRadius: tokens.borderRadiusMedium,
  },
});

interface FilterJsonProps {
  readonly filters: Filters;
  /** The list below the API's URL that these filters are for, such as `v1/activities/`; with it, how curl asks the same. */
  readonly path?: string;
  /** Further members of the body, such as the order. */
  readonly members?: Readonly<Record<string, unknown>>;
}

/** Filters as the API takes them, to copy, and the call with them. There is no secret in it: the token is a variable. */
export function FilterJson({ filters, path, members = {} }: FilterJsonProps) {
  const styles = useStyles();
  const t = useTexts('filters');
  const { data: about } = useQuery({
    queryKey: ['about'],
    queryFn: async ({ signal }) => await call<{ apiUrl: string }>(managementPath('about'), { signal }),
    staleTime: 300_000,
    enabled: path !== undefined,
  });
  return (
    <div className={styles.stack}>
      <Code label={t('asJson')} text={JSON.stringify(filters, null, 2)} />
      {path !== undefined && about && (
        <>
          <Code label={t('curl')} text={curlLine(`${about.apiUrl}${path}`, { filters, ...members })} />
          <Text size={200}>{t('curlHint')}</Text>
        </>
      )}
    </div>
  );
}

function curlLine(url: string, body: unknown): string {
  const quoted = JSON.stringify(body).replaceAll("'", "'\\''");
  return [
    `curl '${url}'`,
    '-H "Authorization: Token $SALLYPORT_TOKEN"',
    "-H 'content-type: application/json'",
    `-d '${quoted}'`,
  ].join(' \\\n  ');
}

function Code({ label, text }: { label: string; text: string }) {
  const styles = useStyles();
  const common = useTexts('common');
  const id = useId();
  const [copied, setCopied] = useState('');
  const isCopied = copied === text;
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(text);
  };
  return (
    <section aria-labelledby={id}>
      <div className={styles.head}>
        <Text id={id} weight="semibold">
          {label}
        </Text>
        <Button
          size="small"
          appearance="subtle"
          icon={isCopied ? <CheckmarkRegular /> : <CopyRegular />}
          aria-label={`${isCopied ? common('action.copied') : common('action.copy')}: ${label}`}
          onClick={() => void copy()}
        >
          {isCopied ? common('action.copied') : common('action.copy')}
        </Button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable (WCAG 2.1.1) */}
      <pre className={styles.code} tabIndex={0}>
        {text}
      </pre>
    </section>
  );
}
