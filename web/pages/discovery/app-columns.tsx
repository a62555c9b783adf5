import { TagRegular } from '@fluentui/react-icons';
import { PermittedButton } from '../../components/PermittedButton.tsx';
import { RouterLink } from '../../components/RouterLink.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import type { Column } from '../../ui/DataTable.tsx';
import type { Found } from './app-calls.ts';
import { useCategoryText } from './categories.ts';
import { Score, Tags } from './Score.tsx';

export type TaggedApp = Pick<Found, 'appId' | 'name'>;

/** The columns of apps of a report. */
export function useAppColumns(): readonly Column<Found>[] {
  const t = useTexts('discovery');
  const { bytes, number } = useFormat();
  const categoryText = useCategoryText();
  const count = (id: string, header: string, sort: string, of: (app: Found) => number): Column<Found> => ({
    ...{ id, header, sort, width: id === 'users' ? '8%' : '12%' },
    cell: (app) => number(of(app)),
    text: of,
  });
  const size = (id: string, header: string, sort: string, of: (app: Found) => number): Column<Found> => ({
    ...count(id, header, sort, of),
    cell: (app) => bytes(of(app)),
    width: '10%',
  });
  return [
    {
      ...{ id: 'name', header: t('apps.name'), sort: 'name', width: '13%' },
      cell: ({ appId, name }) => <RouterLink to={`/discovery/apps/${appId}`}>{name}</RouterLink>,
      text: ({ name }) => name,
    },
    {
      ...{ id: 'score', header: t('apps.score'), sort: 'score', width: '10%' },
      cell: ({ score }) => <Score score={score} />,
      text: ({ score }) => score,
    },
    {
      ...{ id: 'category', header: t('apps.category'), sort: 'category', width: '12%' },
      cell: ({ category }) => categoryText(category),
      text: ({ category }) => categoryText(category),
    },
    size('traffic', t('apps.traffic'), 'trafficTotalBytes', ({ totalBytes }) => totalBytes),
    size('uploads', t('apps.uploads'), 'trafficUploadedBytes', ({ uploadedBytes }) => uploadedBytes),
    count('users', t('apps.users'), 'usersCount', ({ users }) => users),
    count('transactions', t('apps.transactions'), 'trafficTotalEvents', ({ transactions }) => transactions),
    {
      ...{ id: 'tags', header: t('tag.label'), width: '15%' },
      cell: ({ tags }) => <Tags tags={tags} />,
      text: ({ tags }) => tags.join(' '),
    },
  ];
}

/** The column with a button that tags the app of its row. */
export function useTagColumn(tag: (app: TaggedApp) => void): Column<TaggedApp> {
  const t = useTexts('discovery');
  const common = useTexts('common');
  return {
    ...{ id: 'actions', header: common('list.actions'), width: '64px' },
    cell: (app) => (
      <PermittedButton
        any={['Discovery.manage']}
        appearance="subtle"
        icon={<TagRegular />}
        aria-label={t('tag.actionFor', { name: app.name })}
        onClick={() => tag(app)}
      />
    ),
  };
}
