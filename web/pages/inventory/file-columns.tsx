import { makeStyles, Text, tokens } from '@fluentui/react-components';
import { RouterLink } from '../../components/RouterLink.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import type { Column } from '../../ui/DataTable.tsx';
import type { FileRecord } from './calls.ts';
import { useFileWords } from './words.ts';

const useStyles = makeStyles({
  cell: { display: 'flex', flexDirection: 'column', minWidth: 0, overflowWrap: 'anywhere' },
  note: { color: tokens.colorNeutralForeground2 },
});

/** What the list of files shows, and what its export has besides. */
export function useFileColumns(): readonly Column<FileRecord>[] {
  const t = useTexts('inventory');
  const common = useTexts('common');
  const words = useFileWords();
  const { dateTime } = useFormat();
  return [
    {
      id: 'name',
      header: t('file.name'),
      cell: (file) => <NameCell file={file} />,
      text: ({ name }) => name,
      width: '24%',
    },
    {
      id: 'owner',
      header: t('file.owner'),
      cell: ({ ownerAddress }) => <OwnerCell owner={ownerAddress} />,
      text: ({ ownerAddress }) => ownerAddress,
      width: '16%',
    },
    { id: 'app', header: t('app'), cell: words.app, text: words.app },
    {
      id: 'access',
      header: t('file.access'),
      cell: (file) => <AccessCell file={file} />,
      text: words.access,
      width: '16%',
    },
    ...exported([
      ['collaborators', t('file.collaborators'), (file) => peopleOf(file).join(' ')],
      ['type', t('file.type'), words.type],
      ['status', common('list.status'), words.status],
      ['path', t('file.path'), ({ filePath }) => filePath],
      ['site', t('file.site'), ({ siteCollection }) => siteCollection],
      ['label', t('file.label'), ({ fTags }) => fTags.join(' ')],
    ]),
    {
      id: 'modified',
      header: t('file.modified'),
      sort: 'dateModified',
      cell: ({ modifiedDate }) => dateTime(modifiedDate),
      text: ({ modifiedDate }) => isoOf(modifiedDate),
    },
    {
      id: 'seen',
      header: t('file.seen'),
      sort: 'date',
      cell: ({ lastNrtTimestamp }) => dateTime(lastNrtTimestamp),
      text: ({ lastNrtTimestamp }) => isoOf(lastNrtTimestamp),
    },
  ];
}

type Exported = readonly [id: string, header: string, text: (file: FileRecord) => string | null];

/** Columns of the export that the list shows beside others, or not at all. */
function exported(columns: readonly Exported[]): readonly Column<FileRecord>[] {
  return columns.map(([id, header, text]) => ({ id, header, text, cell: text, isExportOnly: true }));
}

function NameCell({ file }: { file: FileRecord }) {
  const styles = useStyles();
  const words = useFileWords();
  const { _id, name, filePath, fstat } = file;
  return (
    <div className={styles.cell}>
      <RouterLink to={`/files/${_id}`}>{name || _id}</RouterLink>
      <Text size={200} className={styles.note}>
        {filePath}
      </Text>
      <Text size={200} className={styles.note}>
        {[words.type(file), ...(fstat === 0 ? [] : [words.status(file)])].join(' · ')}
      </Text>
    </div>
  );
}

function OwnerCell({ owner }: { owner: string | null }) {
  return owner === null ? '–' : <RouterLink to={`/accounts/${encodeURIComponent(owner)}`}>{owner}</RouterLink>;
}

function AccessCell({ file }: { file: FileRecord }) {
  const styles = useStyles();
  const words = useFileWords();
  return (
    <div className={styles.cell}>
      <span>{words.access(file)}</span>
      {few(peopleOf(file)).map((each) => (
        <Text key={each} size={200} className={styles.note}>
          {each}
        </Text>
      ))}
    </div>
  );
}

function peopleOf({ collaborators, groups }: FileRecord): readonly string[] {
  return [...new Set([...collaborators.map(({ name }) => name), ...groups])];
}

const namesShown = 3;

/** The first few; the file's page has all. */
function few(all: readonly string[]): readonly string[] {
  const rest = all.length - namesShown;
  return [...all.slice(0, namesShown), ...(rest > 0 ? [`+${rest}`] : [])];
}

function isoOf(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}
