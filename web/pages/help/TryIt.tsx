import { Button, Field, Input, makeStyles, Text, Textarea, tokens } from '@fluentui/react-components';
import { useState } from 'react';
import { download } from '../../api/client.ts';
import { ConfirmAct } from '../../components/ConfirmAct.tsx';
import { saveFile } from '../../components/csv.ts';
import { ProblemNotice } from '../../components/states.tsx';
import { useAct } from '../../components/use-act.ts';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import { type ApiDocument, exampleOf, type Operation, takesSession } from './openapi.ts';

const useStyles = makeStyles({
  form: { display: 'flex', flexDirection: 'column', gap: '12px', maxWidth: '760px', minWidth: 0 },
  answer: {
    margin: 0,
    padding: '12px',
    maxHeight: '420px',
    overflow: 'auto',
    whiteSpace: 'pre-wrap',
    overflowWrap: 'anywhere',
    backgroundColor: tokens.colorNeutralBackground3,
    fontSize: tokens.fontSizeBase200,
  },
});

/** More than anybody reads in a box; the rest is in the file. */
const shownCharsMax = 100_000;

interface Received {
  readonly text: string;
  readonly blob: Blob;
  readonly name: string;
  readonly milliseconds: number;
}

const json = 'application/json';

/** A form that makes the call with the reader's session. Calls that may change something ask first. */
export function TryIt({ document, operation }: { document: ApiDocument; operation: Operation }) {
  const styles = useStyles();
  const t = useTexts('help');
  const parameters = (operation.parameters ?? []).filter((each) => each.in !== 'header');
  const bodySchema = operation.requestBody?.content?.[json]?.schema;
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  const [body, setBody] = useState(() => (bodySchema ? JSON.stringify(exampleOf(document, bodySchema), null, 2) : ''));
  const [isAsking, setAsking] = useState(false);
  const [received, setReceived] = useState<Received>();
  const send = useAct(() => sendCall(operation, values, bodySchema ? body : undefined));
  const run = async () => {
    setReceived(undefined);
    setReceived(await send.run(undefined));
  };
  if (!takesSession(operation)) return <Text size={200}>{t('api.noSession')}</Text>;
  if (operation.requestBody && !bodySchema) return <Text size={200}>{t('api.noJson')}</Text>;
  return (
    <div className={styles.form}>
      <Text as="h4" weight="semibold">
        {t('api.try')}
      </Text>
      {parameters.map(({ name, required = false }) => (
        <Field key={name} label={name} required={required}>
          <Input value={values[name] ?? ''} onChange={(_event, { value }) => setValues({ ...values, [name]: value })} />
        </Field>
      ))}
      {bodySchema && (
        <Field label={t('api.body')}>
          <Textarea value={body} rows={6} spellCheck={false} onChange={(_event, { value }) => setBody(value)} />
        </Field>
      )}
      <div>
        <Button
          appearance="primary"
          disabled={send.isBusy}
          onClick={() => (operation.method === 'GET' ? void run() : setAsking(true))}
        >
          {t('api.send')}
        </Button>
      </div>
      {isAsking && (
        <ConfirmAct
          title={t('api.confirmTitle')}
          lead={t('api.confirmLead')}
          items={[[operation.method, operation.path]]}
          confirmText={t('api.send')}
          work={async () => {
            setAsking(false);
            await run();
          }}
          onDone={() => setAsking(false)}
          onClose={() => setAsking(false)}
        />
      )}
      {send.error !== undefined && <ProblemNotice error={send.error} />}
      {received && <Answer received={received} />}
    </div>
  );
}

async function sendCall(
  { method, path, parameters = [] }: Operation,
  values: Readonly<Record<string, string>>,
  body: string | undefined,
): Promise<Received> {
  const target = path.replace(/\{(\w+)\}/g, (_whole, name: string) => encodeURIComponent(values[name] ?? ''));
  const query = Object.fromEntries(
    parameters.filter((each) => each.in === 'query').map(({ name }) => [name, values[name] ?? '']),
  );
  const began = performance.now();
  const { name, blob } = await download(target, {
    method: method as 'GET', // One of the methods that documents have.
    query,
    ...(body === undefined || body.trim() === '' ? {} : { body: JSON.parse(body) as unknown }),
  });
  const milliseconds = performance.now() - began;
  const isText = /json|text|xml|csv|^$/.test(blob.type);
  return { name: name ?? 'answer.json', blob, milliseconds, text: isText ? pretty(await blob.text()) : '' };
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function Answer({ received }: { received: Received }) {
  const styles = useStyles();
  const t = useTexts('help');
  const { number, bytes } = useFormat();
  const { text, blob, name, milliseconds } = received;
  return (
    <>
      <Text role="status">{t('api.received', { size: bytes(blob.size), time: number(Math.round(milliseconds)) })}</Text>
      {text !== '' && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region has to be reachable (WCAG 2.1.1)
        <section className={styles.answer} tabIndex={0} aria-label={t('api.answer')}>
          <code>{text.slice(0, shownCharsMax)}</code>
        </section>
      )}
      <div>
        <Button size="small" onClick={() => saveFile(name, blob)}>
          {t('api.save')}
        </Button>
      </div>
    </>
  );
}
