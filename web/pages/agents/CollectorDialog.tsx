import { Checkbox, Field, Input, makeStyles, Spinner, Text, tokens } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { FormDialog } from '../../components/FormDialog.tsx';
import { RouterLink } from '../../components/RouterLink.tsx';
import { ProblemNotice } from '../../components/states.tsx';
import { useTexts } from '../../i18n/texts.ts';
import { Notice } from '../../ui/Message.tsx';
import {
  allSourcesQuery,
  type Collector,
  type CollectorBody,
  changeCollector,
  createCollector,
  type DataSource,
} from './calls.ts';
import { receiverOf } from './receivers.ts';

const useStyles = makeStyles({
  list: { display: 'flex', flexDirection: 'column', gap: '8px', margin: 0, padding: 0, border: 0, minWidth: 0 },
  row: { display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: '4px 16px' },
  why: { color: tokens.colorNeutralForeground2 },
  port: { width: '110px' },
});

interface CollectorDialogProps {
  /** The one to change; absent for a new one. */
  readonly collector?: Collector;
  onMinted(name: string, value: string): void;
  onDone(): void;
  onClose(): void;
}

/** Ports by the id of the chosen data source; empty for those that come as files. */
type Ports = Readonly<Record<string, string>>;

/** A collector's name and the data sources that it receives, each syslog one on a port. */
export function CollectorDialog({ collector, onMinted, onDone, onClose }: CollectorDialogProps) {
  const t = useTexts('agents');
  const common = useTexts('common');
  const [name, setName] = useState(collector?.name ?? '');
  const [ports, setPorts] = useState<Ports>(() => portsOf(collector));
  const [isTried, setTried] = useState(false);
  const sources = useQuery(allSourcesQuery);
  const isNamed = /^[A-Za-z0-9_-]{1,64}$/.test(name);
  const submit = async () => {
    setTried(true);
    if (!isNamed || !sources.data) return false;
    const body = bodyOf(name, ports, sources.data.items);
    if (collector) {
      await changeCollector(collector.id, body);
      return onDone();
    }
    const minted = await createCollector(body);
    onMinted(minted.collector.name, minted.value);
    return false;
  };
  const required = true;
  return (
    <FormDialog
      title={collector ? t('collector.editTitle', { name: collector.name }) : t('collector.add')}
      submitText={collector ? common('action.save') : common('action.next')}
      checksItself
      onSubmit={submit}
      onClose={onClose}
    >
      <Field
        label={t('list.name')}
        hint={t('wizard.nameHint')}
        required={required}
        {...(isTried && !isNamed ? { validationMessage: t('fault.name') } : {})}
      >
        <Input
          value={name}
          maxLength={64}
          autoFocus
          autoComplete="off"
          onChange={(_event, { value }) => setName(value)}
        />
      </Field>
      {sources.isPending && <Spinner label={common('state.loading')} />}
      {sources.error && <ProblemNotice error={sources.error} retry={() => void sources.refetch()} />}
      {sources.data && <SourceChoice sources={sources.data.items} ports={ports} change={setPorts} />}
    </FormDialog>
  );
}

function portsOf(collector: Collector | undefined): Ports {
  return Object.fromEntries(
    (collector?.dataSources ?? []).map(({ dataSourceId, port }) => [dataSourceId, port === null ? '' : String(port)]),
  );
}

function bodyOf(name: string, ports: Ports, sources: readonly DataSource[]): CollectorBody {
  const dataSources = sources
    .filter(({ id }) => id in ports)
    .map(({ id, receiver }) => ({
      dataSourceId: id,
      port: isSyslog(receiver) && /^\d{1,5}$/.test(ports[id] ?? '') ? Number(ports[id]) : null,
    }));
  return { name, dataSources };
}

function isSyslog(receiver: string | null): boolean {
  return receiver?.startsWith('syslog') ?? false;
}

interface SourceChoiceProps {
  readonly sources: readonly DataSource[];
  readonly ports: Ports;
  change(ports: Ports): void;
}

function SourceChoice({ sources, ports, change }: SourceChoiceProps) {
  const styles = useStyles();
  const t = useTexts('agents');
  const common = useTexts('common');
  const receivable = sources.filter(({ receiver }) => receiver !== null);
  if (receivable.length === 0) {
    return (
      <Notice
        intent="info"
        title={t('collector.noReceivable')}
        detail={<RouterLink to="/settings/log-upload/data-sources">{common('nav.data-sources')}</RouterLink>}
      />
    );
  }
  const toggle = (id: string) => {
    const { [id]: present, ...others } = ports;
    change(present === undefined ? { ...ports, [id]: '' } : others);
  };
  return (
    <fieldset className={styles.list}>
      <legend>{common('nav.data-sources')}</legend>
      {receivable.map(({ id, name, source, receiver }) => (
        <div key={id} className={styles.row}>
          <Checkbox label={name} checked={id in ports} onChange={() => toggle(id)} />
          <Text size={200} className={styles.why}>
            {source}, {t(`receivers.${receiverOf(receiver)}`)}
          </Text>
          {id in ports && isSyslog(receiver) && (
            <Input
              className={styles.port}
              aria-label={t('collector.portOf', { name })}
              placeholder={t('siem.port')}
              inputMode="numeric"
              maxLength={5}
              value={ports[id] ?? ''}
              onChange={(_event, { value }) => change({ ...ports, [id]: value })}
            />
          )}
        </div>
      ))}
    </fieldset>
  );
}
