import { makeStyles, Spinner } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { may, useSession } from '../../api/session.ts';
import { RouterLink } from '../../components/RouterLink.tsx';
import { OutsideLink, Permitted, ProblemNotice } from '../../components/states.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { Definitions } from '../../ui/Definitions.tsx';
import { EmptyState } from '../../ui/Message.tsx';
import { Page, Section } from '../../ui/Page.tsx';
import { type FileRecord, fileQuery, readFiles } from './calls.ts';
import { RelatedActivities } from './RelatedActivities.tsx';
import { RelatedAlerts } from './RelatedAlerts.tsx';
import { useFileWords } from './words.ts';

const useStyles = makeStyles({ links: { display: 'flex', flexWrap: 'wrap', gap: '4px 16px' } });

/** One file: who owns it, who can open it, what was done with it. */
export function FilePage() {
  const t = useTexts('inventory');
  const common = useTexts('common');
  const { id = '' }: { id?: string } = useParams({ strict: false });
  const isAllowed = may(useSession(), readFiles);
  const { data, error, refetch } = useQuery({ ...fileQuery(id), enabled: isAllowed });
  if (data) return <Shown file={data} />;
  return (
    <Page title={t('file.one')}>
      <Permitted any={[readFiles]}>
        {error ? (
          <>
            <ProblemNotice error={error} retry={() => void refetch()} />
            <RouterLink to="/files">{t('file.toList')}</RouterLink>
          </>
        ) : (
          <Spinner label={common('state.loading')} />
        )}
      </Permitted>
    </Page>
  );
}

function Shown({ file }: { file: FileRecord }) {
  const t = useTexts('inventory');
  const { alternateLink } = file;
  // Records name addresses, and what is no page is not opened.
  const page = alternateLink !== null && /^https?:\/\//i.test(alternateLink) ? alternateLink : undefined;
  // Alerts name a file by its site and its item.
  const selector = { fileSelector: { eq: [file._id] } };
  return (
    <Page
      title={file.name || file._id}
      lead={t('file.one')}
      {...(page === undefined ? {} : { actions: <OutsideLink href={page}>{t('file.open')}</OutsideLink> })}
    >
      <Summary file={file} />
      <People file={file} />
      <RelatedAlerts
        filters={{ 'entity.file': { eq: [file.id] } }}
        hint={t('related.fileAlerts')}
        none={t('related.noFileAlerts')}
      />
      <RelatedActivities
        filters={selector}
        allLink={`/activities?filters=${encodeURIComponent(JSON.stringify(selector))}`}
      />
    </Page>
  );
}

function Summary({ file }: { file: FileRecord }) {
  const styles = useStyles();
  const t = useTexts('inventory');
  const common = useTexts('common');
  const words = useFileWords();
  const { dateTime, bytes } = useFormat();
  const { ownerAddress, fileExtension, fTags, fileSize, mimeType } = file;
  return (
    <Section title={t('summary')}>
      <Definitions
        items={[
          [
            t('file.owner'),
            ownerAddress === null ? (
              '–'
            ) : (
              <span key="owner" className={styles.links}>
                <RouterLink to={`/accounts/${encodeURIComponent(ownerAddress)}`}>{ownerAddress}</RouterLink>
                <RouterLink to={`/files?owner=${encodeURIComponent(ownerAddress)}`}>{t('file.sameOwner')}</RouterLink>
              </span>
            ),
          ],
          [t('file.access'), words.access(file)],
          [common('list.status'), words.status(file)],
          [t('app'), words.app(file)],
          [t('file.type'), words.type(file)],
          [t('file.extension'), fileExtension ?? '–'],
          ...(mimeType === null ? [] : [[t('file.mimeType'), mimeType] as const]),
          ...(fileSize === null ? [] : [[t('file.size'), bytes(fileSize)] as const]),
          [t('file.path'), file.filePath],
          [t('file.site'), file.siteCollection ?? '–'],
          [t('file.label'), fTags.join(', ') || '–'],
          [t('file.created'), dateTime(file.createdDate)],
          [t('file.modified'), dateTime(file.modifiedDate)],
          [t('file.seen'), dateTime(file.lastNrtTimestamp)],
          [t('file.id'), file.id],
        ]}
      />
    </Section>
  );
}

interface Reader {
  readonly name: string;
  readonly kind: 'person' | 'group' | 'domain';
  readonly isExternal: boolean | null;
}

/** Who can open it besides its owner, as sharing operations told. */
function People({ file: { collaborators, groups, domains } }: { file: FileRecord }) {
  const t = useTexts('inventory');
  const readers: readonly Reader[] = [
    ...collaborators.map(({ name, isExternal }) => ({ name, isExternal, kind: 'person' as const })),
    ...groups.map((name) => ({ name, isExternal: null, kind: 'group' as const })),
    ...domains.map((name) => ({ name, isExternal: null, kind: 'domain' as const })),
  ];
  const columns: readonly Column<Reader>[] = [
    {
      id: 'name',
      header: t('collaborator.name'),
      cell: ({ name, kind }) =>
        kind === 'person' ? <RouterLink to={`/accounts/${encodeURIComponent(name)}`}>{name}</RouterLink> : name,
    },
    { id: 'kind', header: t('collaborator.kind'), cell: ({ kind }) => t(`collaborator.${kind}`) },
    {
      id: 'affiliation',
      header: t('account.affiliation'),
      cell: ({ isExternal }) =>
        isExternal === null ? '–' : t(isExternal ? 'affiliation.external' : 'affiliation.internal'),
    },
  ];
  return (
    <Section title={t('file.collaborators')}>
      {readers.length === 0 ? (
        <EmptyState title={t('file.noCollaborators')} detail={t('file.noCollaboratorsDetail')} />
      ) : (
        <DataTable
          label={t('file.collaborators')}
          columns={columns}
          rows={readers}
          rowKey={({ kind, name }) => `${kind} ${name}`}
        />
      )}
    </Section>
  );
}
