import {
  Accordion,
  AccordionHeader,
  AccordionItem,
  AccordionPanel,
  Field,
  makeStyles,
  SearchBox,
  Select,
  Spinner,
  Text,
} from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useListState } from '../../components/list-state.ts';
import { OutsideLink, ProblemNotice } from '../../components/states.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import { EmptyState } from '../../ui/Message.tsx';
import { Page } from '../../ui/Page.tsx';
import { OperationHead, OperationView } from './OperationView.tsx';
import { type ApiDocument, documentQuery, type Group, groupsOf, surfacesQuery } from './openapi.ts';

const useStyles = makeStyles({
  bar: { display: 'flex', flexWrap: 'wrap', gap: '12px', alignItems: 'flex-end' },
  search: { flex: '1 1 260px', maxWidth: '480px' },
});

/** Help > API documentation: this server's own OpenAPI documents, with the calls ready to try. */
export function ApiPage() {
  const styles = useStyles();
  const t = useTexts('help');
  const common = useTexts('common');
  const state = useListState({ surface: 'management' });
  const surfaces = useQuery(surfacesQuery);
  const surface = state.filters.surface ?? 'management';
  const [typed, setTyped] = useState(state.search ?? '');
  const search = (value: string) => {
    setTyped(value);
    state.change({ search: value });
  };
  return (
    <Page title={common('nav.api-documentation')} lead={t('api.lead')}>
      <search className={styles.bar}>
        <Field label={t('api.surface')}>
          <Select value={surface} onChange={(_event, { value }) => state.change({ surface: value })}>
            {(surfaces.data?.documents ?? [{ surface, title: surface }]).map((each) => (
              <option key={each.surface} value={each.surface}>
                {each.title}
              </option>
            ))}
          </Select>
        </Field>
        <Field label={common('list.search')} className={styles.search}>
          <SearchBox
            value={typed}
            maxLength={200}
            placeholder={t('api.searchHint')}
            onChange={(_event, { value }) => search(value)}
          />
        </Field>
        <OutsideLink href={`/openapi/${encodeURIComponent(surface)}.json`}>OpenAPI 3.1</OutsideLink>
      </search>
      {surfaces.error && <ProblemNotice error={surfaces.error} retry={() => void surfaces.refetch()} />}
      <Surface surface={surface} typed={typed} />
    </Page>
  );
}

function Surface({ surface, typed }: { surface: string; typed: string }) {
  const t = useTexts('help');
  const common = useTexts('common');
  const { number } = useFormat();
  const loaded = useQuery(documentQuery(surface));
  const groups = useMemo(() => (loaded.data ? groupsOf(loaded.data, typed) : []), [loaded.data, typed]);
  if (loaded.isPending) return <Spinner label={common('state.loading')} />;
  if (loaded.error) return <ProblemNotice error={loaded.error} retry={() => void loaded.refetch()} />;
  const count = groups.reduce((sum, group) => sum + group.operations.length, 0);
  return (
    <>
      <Text>{loaded.data.info.description}</Text>
      <Text role="status">{t('api.count', { count: number(count) })}</Text>
      {count === 0 && <EmptyState title={common('list.nothingFound')} detail={common('list.nothingFoundDetail')} />}
      <Groups key={typed} document={loaded.data} groups={groups} isSearched={typed.trim() !== ''} />
    </>
  );
}

/** Nouns to open; all are open where somebody searched, because what was found is wanted. */
function Groups({ document, groups, isSearched }: { document: ApiDocument; groups: Group[]; isSearched: boolean }) {
  const { number } = useFormat();
  const [open, setOpen] = useState<readonly unknown[]>(isSearched ? groups.map(({ name }) => name) : []);
  return (
    <Accordion multiple collapsible openItems={[...open]} onToggle={(_event, { openItems }) => setOpen(openItems)}>
      {groups.map((group) => (
        <AccordionItem key={group.name} value={group.name}>
          <AccordionHeader as="h2" size="large">
            {group.name} ({number(group.operations.length)})
          </AccordionHeader>
          <AccordionPanel>{open.includes(group.name) && <Calls document={document} group={group} />}</AccordionPanel>
        </AccordionItem>
      ))}
    </Accordion>
  );
}

function Calls({ document, group }: { document: ApiDocument; group: Group }) {
  const [open, setOpen] = useState<readonly unknown[]>([]);
  return (
    <>
      <Text block>{group.about}</Text>
      <Accordion multiple collapsible onToggle={(_event, { openItems }) => setOpen(openItems)}>
        {group.operations.map((operation) => (
          <AccordionItem key={operation.key} value={operation.key}>
            <AccordionHeader as="h3">
              <OperationHead operation={operation} />
            </AccordionHeader>
            <AccordionPanel>
              {open.includes(operation.key) && <OperationView document={document} operation={operation} />}
            </AccordionPanel>
          </AccordionItem>
        ))}
      </Accordion>
    </>
  );
}
