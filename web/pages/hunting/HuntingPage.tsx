import {
  Button,
  Drawer,
  DrawerBody,
  DrawerHeader,
  DrawerHeaderTitle,
  makeStyles,
  Select,
  Spinner,
  Tab,
  TabList,
  Text,
  tokens,
} from '@fluentui/react-components';
import { DismissRegular, PanelLeftRegular, PlayRegular, ShieldAddRegular } from '@fluentui/react-icons';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useRef, useState } from 'react';
import { usePreferences } from '../../app/preferences.ts';
import { useShownTheme } from '../../app/theme.ts';
import { PermittedButton } from '../../components/PermittedButton.tsx';
import { Permitted, ProblemNotice } from '../../components/states.tsx';
import { useTexts } from '../../i18n/texts.ts';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { useMedia } from '../../ui/media.ts';
import { Page } from '../../ui/Page.tsx';
import { changeRules, huntingRight, schemaQuery } from './api.ts';
import { useDraft } from './draft.ts';
import type { EditorHandle } from './editor/QueryEditor.tsx';
import { useLinkedQuery } from './linked-query.ts';
import { QueriesPanel } from './QueriesPanel.tsx';
import { RunArea } from './RunArea.tsx';
import { useRun } from './run.ts';
import { SavedQueryMenu } from './SavedQueryMenu.tsx';
import { SchemaPanel } from './SchemaPanel.tsx';

const QueryEditor = lazy(() => import('./editor/QueryEditor.tsx').then((module) => ({ default: module.QueryEditor })));

const useStyles = makeStyles({
  area: { display: 'flex', gap: '20px', minWidth: 0, alignItems: 'flex-start' },
  side: { width: '300px', flexShrink: 0, display: 'flex', flexDirection: 'column', gap: '12px' },
  main: { flex: 1, minWidth: 0, display: 'flex', flexDirection: 'column', gap: '12px' },
  bar: { display: 'flex', flexWrap: 'wrap', gap: '8px', alignItems: 'center' },
  quiet: { color: tokens.colorNeutralForeground2, overflowWrap: 'anywhere' },
});

/** ISO 8601 durations that a query may look back; empty for what it says itself. */
const timespans = ['', 'P1D', 'P7D', 'P30D'] as const;

/** Advanced hunting: write a query, run it, look at what it finds. */
export function HuntingPage() {
  const t = useTexts('hunting');
  return (
    <Page title={t('page.title')} lead={t('page.lead')}>
      <Permitted any={[huntingRight]}>
        <Hunting />
      </Permitted>
    </Page>
  );
}

function Hunting() {
  const styles = useStyles();
  const isWide = useMedia('(min-width: 1200px)');
  const editor = useRef<EditorHandle>(null);
  const [isOpen, setOpen] = useState(false);
  const insert = (text: string) => {
    editor.current?.insert(text);
    setOpen(false);
  };
  const { open, asking, error } = useLinkedQuery();
  const side = <Side onInsert={insert} onOpen={(id) => [open(id), setOpen(false)]} />;
  return (
    <>
      {error && <ProblemNotice error={error} />}
      <div className={styles.area}>
        {isWide && <div className={styles.side}>{side}</div>}
        {!isWide && (
          <SideDrawer isOpen={isOpen} onClose={() => setOpen(false)}>
            {side}
          </SideDrawer>
        )}
        <Workbench editor={editor} {...(isWide ? {} : { onSide: () => setOpen(true) })} />
        <ReplaceDialog {...asking} />
      </div>
    </>
  );
}

function Side({ onInsert, onOpen }: { onInsert(text: string): void; onOpen(id: string): void }) {
  const t = useTexts('hunting');
  const [tab, setTab] = useState<'schema' | 'queries'>('schema');
  return (
    <>
      <TabList
        aria-label={t('page.side')}
        selectedValue={tab}
        onTabSelect={(_event, { value }) => setTab(value === 'queries' ? 'queries' : 'schema')}
      >
        <Tab value="schema">{t('schema.title')}</Tab>
        <Tab value="queries">{t('queries.title')}</Tab>
      </TabList>
      {tab === 'schema' ? <SchemaPanel onInsert={onInsert} /> : <QueriesPanel onOpen={onOpen} />}
    </>
  );
}

function SideDrawer({ isOpen, onClose, children }: { isOpen: boolean; onClose(): void; children: React.ReactNode }) {
  const t = useTexts('hunting');
  const common = useTexts('common');
  const close = (
    <Button appearance="subtle" icon={<DismissRegular />} aria-label={common('action.close')} onClick={onClose} />
  );
  return (
    <Drawer type="overlay" open={isOpen} onOpenChange={(_event, { open }) => !open && onClose()}>
      <DrawerHeader>
        <DrawerHeaderTitle action={close}>{t('page.side')}</DrawerHeaderTitle>
      </DrawerHeader>
      <DrawerBody>{children}</DrawerBody>
    </Drawer>
  );
}

interface WorkbenchProps {
  readonly editor: React.RefObject<EditorHandle | null>;
  /** Opens schema and saved queries where there is no room beside. */
  onSide?(): void;
}

function Workbench({ editor, onSide }: WorkbenchProps) {
  const styles = useStyles();
  const t = useTexts('hunting');
  const common = useTexts('common');
  const theme = useShownTheme(usePreferences().preferences.theme);
  const { data: schema } = useQuery(schemaQuery);
  const { text, saved, isChanged, set } = useDraft();
  const { state, run, cancel } = useRun();
  const [timespan, setTimespan] = useState('');
  const [problem, setProblem] = useState<unknown>();
  const [said, setSaid] = useState('');
  const navigate = useNavigate();
  const start = () => {
    const asked = editor.current?.asked();
    if (asked && asked.query.trim() !== '') run({ ...asked, timespan });
  };
  return (
    <div className={styles.main}>
      <div className={styles.bar} role="toolbar" aria-label={t('page.actions')}>
        {onSide && (
          <Button icon={<PanelLeftRegular />} onClick={onSide}>
            {t('page.side')}
          </Button>
        )}
        <Button
          appearance="primary"
          icon={<PlayRegular />}
          disabled={text.trim() === '' || state.kind === 'running'}
          onClick={start}
        >
          {t('run.run')}
        </Button>
        <Select aria-label={t('run.timespan')} value={timespan} onChange={(_event, { value }) => setTimespan(value)}>
          {timespans.map((each) => (
            <option key={each} value={each}>
              {t(`run.timespans.${each === '' ? 'query' : each}`)}
            </option>
          ))}
        </Select>
        <SavedQueryMenu onProblem={setProblem} onSaid={setSaid} />
        <PermittedButton
          any={[changeRules]}
          icon={<ShieldAddRegular />}
          disabled={text.trim() === ''}
          onClick={() => void navigate({ to: '/hunting/custom-detections/new' })}
        >
          {t('rules.fromQuery')}
        </PermittedButton>
      </div>
      {problem !== undefined && <ProblemNotice error={problem} />}
      <Text className={styles.quiet} role="status">
        {said || (saved ? t(isChanged ? 'queries.openChanged' : 'queries.open', { name: saved.name }) : t('run.hint'))}
      </Text>
      <Suspense fallback={<Spinner label={common('state.loading')} />}>
        <QueryEditor
          ref={editor}
          label={t('page.editor')}
          text={text}
          schema={schema}
          theme={theme}
          faults={state.kind === 'failed' ? state.faults : noFaults}
          onChange={(changed) => {
            setSaid('');
            set({ text: changed });
          }}
          onRun={start}
        />
      </Suspense>
      <RunArea
        state={state}
        rowsMax={schema?.rowsMax}
        onCancel={cancel}
        onGoTo={(fault) => editor.current?.goTo(fault)}
      />
    </div>
  );
}

const noFaults = [] as const;

/** Opening a saved query takes the place of what was written and not saved. */
function ReplaceDialog({ isAsking, onReplace, onKeep }: ReturnType<typeof useLinkedQuery>['asking']) {
  const t = useTexts('hunting');
  return (
    <ConfirmDialog
      open={isAsking}
      title={t('queries.replaceTitle')}
      confirmText={t('queries.replace')}
      cancelText={t('queries.keep')}
      onConfirm={async () => onReplace()}
      onClose={onKeep}
    >
      {t('queries.replaceDetail')}
    </ConfirmDialog>
  );
}
