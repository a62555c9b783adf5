import {
  Button,
  Checkbox,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  makeStyles,
  SearchBox,
  Spinner,
  Text,
} from '@fluentui/react-components';
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ProblemNotice } from '../../components/states.tsx';
import { useAct } from '../../components/use-act.ts';
import { useTexts } from '../../i18n/texts.ts';
import { EmptyState } from '../../ui/Message.tsx';
import { type AccessInput, type Application, changeAccess, type Resource, searchResources } from './calls.ts';
import { PermissionWords } from './PermissionWords.tsx';

const useStyles = makeStyles({
  content: { display: 'flex', flexDirection: 'column', gap: '12px' },
  list: { display: 'flex', flexDirection: 'column', gap: '4px', maxHeight: '50vh', overflowY: 'auto' },
  group: { display: 'flex', flexDirection: 'column', gap: '4px', border: 0, margin: 0, padding: 0 },
});

const kinds = ['roles', 'scopes'] as const;

/** Finds an API by its name or a permission's and adds the permissions that are ticked. */
export function AddAccessDialog({ application, onClose }: { application: Application; onClose(): void }) {
  const styles = useStyles();
  const t = useTexts('apps');
  const common = useTexts('common');
  const queries = useQueryClient();
  const [search, setSearch] = useState('');
  const [chosen, setChosen] = useState<ReadonlyMap<string, AccessInput>>(new Map());
  const result = useQuery({
    queryKey: ['resources', search],
    queryFn: ({ signal }) => searchResources(search, signal),
    placeholderData: keepPreviousData,
  });
  const add = useAct(async () => {
    for (const access of chosen.values()) await changeAccess(application.id, 'POST', access);
    await queries.invalidateQueries();
    return true;
  });
  const toggle = (key: string, access: AccessInput) => {
    const next = new Map(chosen);
    if (!next.delete(key)) next.set(key, access);
    setChosen(next);
  };
  return (
    <Dialog open onOpenChange={(_event, { open }) => !open && !add.isBusy && onClose()}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{t('access.add')}</DialogTitle>
          <DialogContent className={styles.content}>
            {add.error !== undefined && <ProblemNotice error={add.error} />}
            <SearchBox
              aria-label={t('access.search')}
              placeholder={t('access.search')}
              maxLength={200}
              value={search}
              onChange={(_event, { value }) => setSearch(value)}
            />
            {result.error && <ProblemNotice error={result.error} />}
            {result.isPending && <Spinner label={common('state.loading')} />}
            {result.data?.items.length === 0 && <EmptyState title={common('list.nothingFound')} />}
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region has to be reachable (WCAG 2.1.1) */}
            <section className={styles.list} tabIndex={0} aria-label={t('access.permission')}>
              {result.data?.items.map((resource) => (
                <Choices key={resource.appId} resource={resource} chosen={chosen} toggle={toggle} />
              ))}
            </section>
          </DialogContent>
          <DialogActions>
            <Button
              appearance="primary"
              disabled={add.isBusy || chosen.size === 0}
              onClick={() => void add.run(undefined).then((isDone) => isDone && onClose())}
            >
              {t('access.addChosen', { count: chosen.size })}
            </Button>
            <Button disabled={add.isBusy} onClick={onClose}>
              {common('action.cancel')}
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}

interface ChoicesProps {
  readonly resource: Resource;
  readonly chosen: ReadonlyMap<string, AccessInput>;
  toggle(key: string, access: AccessInput): void;
}

function Choices({ resource, chosen, toggle }: ChoicesProps) {
  const styles = useStyles();
  const t = useTexts('apps');
  return (
    <fieldset className={styles.group}>
      <Text as="h3" weight="semibold" style={{ margin: 0 }}>
        {resource.displayName}
      </Text>
      {kinds.flatMap((kind) =>
        resource[kind].map(({ id, value, displayName }) => {
          const key = `${resource.appId} ${kind} ${id}`;
          return (
            <Checkbox
              key={key}
              checked={chosen.has(key)}
              onChange={() => toggle(key, { resource: resource.appId, [kind]: [id] })}
              label={
                <>
                  <PermissionWords value={value} fallback={displayName} />
                  <Text size={200}>{t(`access.${kind}`)}</Text>
                </>
              }
            />
          );
        }),
      )}
    </fieldset>
  );
}
