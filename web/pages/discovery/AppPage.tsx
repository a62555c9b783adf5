import { makeStyles, Spinner, Text } from '@fluentui/react-components';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { may, useSession } from '../../api/session.ts';
import { PermittedButton } from '../../components/PermittedButton.tsx';
import { RouterLink } from '../../components/RouterLink.tsx';
import { Permitted, ProblemNotice } from '../../components/states.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Definitions } from '../../ui/Definitions.tsx';
import { Notice } from '../../ui/Message.tsx';
import { Page, Section } from '../../ui/Page.tsx';
import { NoteDialog, ScoreDialog } from './AppDialogs.tsx';
import { type App, appQuery, appsKey, usageQuery } from './app-calls.ts';
import { useCategoryText } from './categories.ts';
import type { EntityKind } from './entity-kinds.ts';
import { FactorTable } from './FactorTable.tsx';
import { Score, Tags } from './Score.tsx';
import { TagDialog } from './TagDialog.tsx';

const useStyles = makeStyles({ note: { whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' } });
const read = ['Discovery.read'];
const manage = ['Discovery.manage'];

/** One app: what is known of it and from where, how it is used, and what the organisation says about it. */
export function AppPage() {
  const t = useTexts('discovery');
  const common = useTexts('common');
  const { id = '' } = useParams({ strict: false });
  if (may(useSession(), ...read)) return <LoadedApp id={id} title={t('app.title')} loading={common('state.loading')} />;
  return (
    <Page title={t('app.title')}>
      <Permitted any={read}>{null}</Permitted>
    </Page>
  );
}

function LoadedApp({ id, title, loading }: { id: string; title: string; loading: string }) {
  const app = useQuery(appQuery(id));
  if (app.data) return <KnownApp app={app.data} />;
  return (
    <Page title={title}>
      {app.error ? <ProblemNotice error={app.error} retry={() => void app.refetch()} /> : <Spinner label={loading} />}
    </Page>
  );
}

type Doing = 'tag' | 'note' | 'score';

function KnownApp({ app }: { app: App }) {
  const t = useTexts('discovery');
  const common = useTexts('common');
  const queries = useQueryClient();
  const [doing, setDoing] = useState<Doing>();
  const close = () => setDoing(undefined);
  const changed = () => void queries.invalidateQueries({ queryKey: appsKey });
  const back = <RouterLink to="/discovery/apps">{common('nav.discovered-apps')}</RouterLink>;
  const button = (verb: Doing, text: string) => (
    <PermittedButton any={manage} onClick={() => setDoing(verb)}>
      {text}
    </PermittedButton>
  );
  return (
    <Page title={app.name} lead={back} actions={button('tag', t('tag.action'))}>
      {app.neverBlockable !== null && (
        <Notice
          intent="info"
          title={t('app.neverBlockable')}
          detail={t('app.neverBlockableDetail', { service: app.neverBlockable })}
        />
      )}
      <Facts app={app} />
      <Usage app={app} />
      <Section title={t('app.scoreTitle')} actions={button('score', t('score.action'))}>
        <OwnScore app={app} />
        <FactorTable app={app} />
      </Section>
      <Section title={t('note.title')} actions={button('note', t('note.action'))}>
        <Note app={app} />
      </Section>
      {doing === 'tag' && <TagDialog apps={[app]} onDone={changed} onClose={close} />}
      {doing === 'note' && <NoteDialog app={app} onDone={changed} onClose={close} />}
      {doing === 'score' && <ScoreDialog app={app} onDone={changed} onClose={close} />}
    </Page>
  );
}

function Facts({ app }: { app: App }) {
  const t = useTexts('discovery');
  const { dateTime } = useFormat();
  const categoryText = useCategoryText();
  return (
    <Definitions
      items={[
        [t('apps.score'), <Score key="score" score={app.score} />],
        [t('tag.label'), <Tags key="tags" tags={app.tags} />],
        ...app.tagged.map(
          ({ name, setBy, setAt, reason }) =>
            [t('app.taggedBy', { tag: name }), [setBy, dateTime(setAt), reason].filter(Boolean).join(' · ')] as const,
        ),
        [t('apps.category'), categoryText(app.category)],
        [t('app.vendor'), app.vendor ?? '–'],
        [t('app.domains'), app.domains.join(', ') || '–'],
      ]}
    />
  );
}

function Usage({ app }: { app: App }) {
  const t = useTexts('discovery');
  const common = useTexts('common');
  const { bytes, dateTime, number } = useFormat();
  const usage = useQuery(usageQuery(app.appId));
  const linkTo = (kind: EntityKind, count: number) => (
    <RouterLink key={kind} to={`/discovery/${kind}?days=90&app=${app.appId}`}>
      {number(count)}
    </RouterLink>
  );
  return (
    <Section title={t('app.usage')}>
      {usage.error && <ProblemNotice error={usage.error} retry={() => void usage.refetch()} />}
      {usage.isPending && <Spinner label={common('state.loading')} />}
      {usage.data === null && <Text>{t('app.unused')}</Text>}
      {usage.data && (
        <Definitions
          items={[
            [t('apps.traffic'), bytes(usage.data.totalBytes)],
            [t('apps.uploads'), bytes(usage.data.uploadedBytes)],
            [t('apps.users'), linkTo('users', usage.data.users)],
            [t('dashboard.addresses'), linkTo('addresses', usage.data.addresses)],
            [t('tabs.machines'), linkTo('machines', usage.data.machines)],
            [t('apps.transactions'), number(usage.data.transactions)],
            [t('app.blocked'), number(usage.data.blocked)],
            [t('app.firstSeen'), dateTime(usage.data.firstSeen)],
            [t('apps.lastSeen'), dateTime(usage.data.lastSeen)],
          ]}
        />
      )}
    </Section>
  );
}

/** Shown where the organisation replaced the computed score. */
function OwnScore({ app: { override, computed } }: { app: App }) {
  const t = useTexts('discovery');
  const { dateTime, number } = useFormat();
  if (override === null) return null;
  return (
    <Notice
      intent="info"
      title={t('score.own', { own: number(override.value), computed: number(computed.total) })}
      detail={[override.by, dateTime(override.at), override.note].filter(Boolean).join(' · ')}
    />
  );
}

function Note({ app: { note } }: { app: App }) {
  const styles = useStyles();
  const t = useTexts('discovery');
  const { dateTime } = useFormat();
  if (note === null) return <Text>{t('note.none')}</Text>;
  return (
    <>
      <Text className={styles.note}>{note.value}</Text>
      <Text size={200}>{[note.by, dateTime(note.at)].filter(Boolean).join(' · ')}</Text>
    </>
  );
}
