import {
  Button,
  Menu,
  MenuItem,
  MenuList,
  MenuPopover,
  MenuTrigger,
  useRestoreFocusTarget,
} from '@fluentui/react-components';
import { SaveRegular } from '@fluentui/react-icons';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTexts } from '../../i18n/texts.ts';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { type CheckedQuery, changeQuery, createQuery, deleteQuery, savedQuery } from './api.ts';
import { useDraft } from './draft.ts';
import { QueryDialog } from './QueryDialog.tsx';

interface SavedQueryMenuProps {
  /** Called with what the server refused; undefined when something went well again. */
  onProblem(problem: unknown): void;
  /** Said to the reader. */
  onSaid(text: string): void;
}

const nothing = { name: '', folder: '', description: '', isShared: false };

/** Saving what stands in the editor, and what can be done with the saved query that it came from. */
export function SavedQueryMenu({ onProblem, onSaid }: SavedQueryMenuProps) {
  const t = useTexts('hunting');
  const common = useTexts('common');
  const target = useRestoreFocusTarget();
  const { text, saved } = useDraft();
  const [dialog, setDialog] = useState<'new' | 'words' | 'delete'>();
  const { keep, remove } = useSaving(onSaid);
  const attempt = (work: Promise<unknown>) =>
    work.then(
      () => onProblem(undefined),
      (problem: unknown) => onProblem(problem),
    );
  const close = () => setDialog(undefined);
  return (
    <>
      <Menu>
        <MenuTrigger disableButtonEnhancement>
          <Button {...target} icon={<SaveRegular />} disabled={text.trim() === ''}>
            {t('queries.saveMenu')}
          </Button>
        </MenuTrigger>
        <MenuPopover>
          <MenuList>
            <MenuItem
              disabled={!saved}
              onClick={() =>
                saved && void attempt(keep(changeQuery(saved.id, { revision: saved.revision, query: text })))
              }
            >
              {t('queries.save')}
            </MenuItem>
            <MenuItem onClick={() => setDialog('new')}>{t('queries.saveAs')}</MenuItem>
            <MenuItem disabled={!saved} onClick={() => setDialog('words')}>
              {t('queries.edit')}
            </MenuItem>
            <MenuItem
              disabled={!saved}
              onClick={() =>
                void attempt(navigator.clipboard.writeText(location.href).then(() => onSaid(t('queries.copied'))))
              }
            >
              {t('queries.copyLink')}
            </MenuItem>
            <MenuItem disabled={!saved} onClick={() => setDialog('delete')}>
              {t('queries.delete')}
            </MenuItem>
          </MenuList>
        </MenuPopover>
      </Menu>
      {dialog === 'new' && (
        <QueryDialog
          title={t('queries.saveAs')}
          given={nothing}
          onClose={close}
          onSave={async (words) => {
            await keep(createQuery({ ...words, query: text }));
            close();
          }}
        />
      )}
      {dialog === 'words' && saved && (
        <QueryDialog
          title={t('queries.edit')}
          given={saved}
          onClose={close}
          onSave={async (words) => {
            await keep(changeQuery(saved.id, { ...words, revision: saved.revision }), text);
            close();
          }}
        />
      )}
      <ConfirmDialog
        open={dialog === 'delete' && saved !== null}
        title={t('queries.deleteTitle', { name: saved?.name ?? '' })}
        confirmText={common('action.delete')}
        cancelText={common('action.cancel')}
        onClose={close}
        onConfirm={async () => {
          if (saved) await attempt(remove(saved.id));
          close();
        }}
      >
        {saved?.isShared ? t('queries.deleteShared') : t('queries.deleteOwn')}
      </ConfirmDialog>
    </>
  );
}

function useSaving(onSaid: (text: string) => void) {
  const t = useTexts('hunting');
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { set } = useDraft();

  /** `text` is what stays in the editor; without it, what was saved. */
  async function keep(saving: Promise<CheckedQuery>, text?: string): Promise<void> {
    const { query, faults } = await saving;
    queries.setQueryData(savedQuery(query.id).queryKey, query);
    set({ saved: query, text: text ?? query.query });
    const [fault] = faults ?? [];
    onSaid(fault ? t('queries.savedWithFault', { ...fault }) : t('queries.saved', { name: query.name }));
    await queries.invalidateQueries({ queryKey: ['hunting', 'queries'] });
    await navigate({ to: '/hunting', search: { query: query.id } as never, replace: true }); // Searches are not declared.
  }

  async function remove(id: string): Promise<void> {
    await deleteQuery(id);
    queries.removeQueries({ queryKey: savedQuery(id).queryKey });
    set({ saved: null });
    onSaid(t('queries.deleted'));
    await queries.invalidateQueries({ queryKey: ['hunting', 'queries'] });
    await navigate({ to: '/hunting', search: {} as never, replace: true });
  }

  return { keep, remove };
}
