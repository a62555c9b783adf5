import { AddRegular } from '@fluentui/react-icons';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { FilterSelect } from '../../components/FilterSelect.tsx';
import { useListState } from '../../components/list-state.ts';
import { PermittedButton } from '../../components/PermittedButton.tsx';
import { ServerTable } from '../../components/ServerTable.tsx';
import { Permitted, ProblemNotice } from '../../components/states.tsx';
import { useAct } from '../../components/use-act.ts';
import { useTexts } from '../../i18n/texts.ts';
import { EmptyState } from '../../ui/Message.tsx';
import { Page } from '../../ui/Page.tsx';
import { ExtensionTabs } from '../tokens/ExtensionTabs.tsx';
import { DeleteDialog, RegenerateDialog } from './AgentDialogs.tsx';
import { listSiemAgents, type SiemAgent, siemKey, switchSiemAgent } from './calls.ts';
import { SiemDetails } from './SiemDetails.tsx';
import { SiemWizard } from './SiemWizard.tsx';
import { type SiemVerb, useSiemColumns } from './siem-columns.tsx';
import { TokenDialog } from './TokenDialog.tsx';

type Open =
  | { readonly verb: 'create' }
  | { readonly verb: SiemVerb; readonly agent: SiemAgent }
  | { readonly verb: 'token'; readonly name: string; readonly value: string };

const statuses = ['created', 'connected', 'connection-error', 'disconnected'] as const;
const needed = ['Agents.manage'];

/** Settings > Security extensions > SIEM agents. */
export function SiemAgentsPage() {
  const t = useTexts('agents');
  const common = useTexts('common');
  const [open, setOpen] = useState<Open>();
  const add = (
    <PermittedButton
      any={needed}
      appearance="primary"
      icon={<AddRegular />}
      onClick={() => setOpen({ verb: 'create' })}
    >
      {t('siem.add')}
    </PermittedButton>
  );
  return (
    <Page title={common('nav.siem-agents')} lead={t('siem.lead')} actions={add}>
      <ExtensionTabs />
      <Permitted any={needed}>
        <SiemTable add={add} setOpen={setOpen} />
        {open && <OpenDialog open={open} setOpen={setOpen} />}
      </Permitted>
    </Page>
  );
}

function SiemTable({ add, setOpen }: { add: ReactNode; setOpen(open: Open): void }) {
  const t = useTexts('agents');
  const common = useTexts('common');
  const queries = useQueryClient();
  const state = useListState({ sort: 'name' });
  const change = useAct((agent: SiemAgent) => switchSiemAgent(agent));
  const act = (verb: SiemVerb, agent: SiemAgent) => {
    if (verb !== 'switch') return setOpen({ verb, agent });
    void change.run(agent).then(() => queries.invalidateQueries({ queryKey: siemKey }));
  };
  return (
    <>
      {change.error !== undefined && <ProblemNotice error={change.error} />}
      <ServerTable
        label={common('nav.siem-agents')}
        queryKey={siemKey}
        load={listSiemAgents}
        state={state}
        columns={useSiemColumns(act)}
        rowKey={(agent) => agent.id}
        searchLabel={t('siem.search')}
        filters={
          <FilterSelect
            label={common('list.status')}
            name="status"
            options={statuses.map((each) => [each, t(`status.${each}`)])}
            state={state}
          />
        }
        exportName="siem-agents"
        empty={<EmptyState title={t('siem.empty')} detail={t('siem.emptyDetail')} action={add} />}
        refetchMs={30_000}
      />
    </>
  );
}

function OpenDialog({ open, setOpen }: { open: Open; setOpen(open: Open | undefined): void }) {
  const queries = useQueryClient();
  const kind = 'siem-agents';
  const close = () => setOpen(undefined);
  const changed = () => void queries.invalidateQueries({ queryKey: siemKey });
  const showToken = (name: string, value: string) => {
    changed();
    setOpen({ verb: 'token', name, value });
  };
  const done = () => {
    changed();
    close();
  };
  switch (open.verb) {
    case 'create':
      return <SiemWizard onMinted={(name, value) => showToken(name, value)} onDone={done} onClose={close} />;
    case 'edit':
      return (
        <SiemWizard
          agent={open.agent}
          onMinted={(name, value) => showToken(name, value)}
          onDone={done}
          onClose={close}
        />
      );
    case 'details':
      return <SiemDetails agent={open.agent} onClose={close} />;
    case 'regenerate':
      return (
        <RegenerateDialog
          kind={kind}
          agent={open.agent}
          onDone={({ value }) => showToken(open.agent.name, value)}
          onClose={close}
        />
      );
    case 'delete':
      return <DeleteDialog kind={kind} agent={open.agent} onDone={done} onClose={close} />;
    case 'token':
      return <TokenDialog kind={kind} name={open.name} value={open.value} onClose={close} />;
    case 'switch':
      return null; // Done without asking: it is undone with the same press.
  }
}
