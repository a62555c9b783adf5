import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Field,
  Input,
  makeStyles,
  Select,
} from '@fluentui/react-components';
import { useState } from 'react';
import { useTexts } from '../../i18n/texts.ts';
import { FileSender } from './FileSender.tsx';
import { useUpload } from './use-upload.ts';
import { columnsOf, putWatchlist, type Watchlist } from './watchlist-calls.ts';

const useStyles = makeStyles({ stack: { display: 'flex', flexDirection: 'column', gap: '16px' } });

interface WatchlistFormProps {
  /** The one whose rows are replaced; absent for a new one. */
  readonly watchlist?: Watchlist;
  onDone(): void;
  onClose(): void;
}

/** A CSV that becomes a watchlist, or the new rows of one. */
export function WatchlistForm({ watchlist, onDone, onClose }: WatchlistFormProps) {
  const styles = useStyles();
  const t = useTexts('settings');
  const common = useTexts('common');
  const [alias, setAlias] = useState(watchlist?.alias ?? '');
  const [description, setDescription] = useState(watchlist?.description ?? '');
  const [searchKey, setSearchKey] = useState(watchlist?.searchKey ?? '');
  const [file, setFile] = useState<File>();
  const [columns, setColumns] = useState<readonly string[]>(watchlist?.columns ?? []);
  const sending = useUpload(async (signal, progress) => {
    if (file) await putWatchlist({ alias: alias.trim(), searchKey, description, file }, signal, progress);
    return true;
  });
  const choose = async (chosen: File | undefined) => {
    setFile(chosen);
    const found = chosen ? await columnsOf(chosen) : [];
    setColumns(found);
    if (!found.includes(searchKey)) setSearchKey(found[0] ?? '');
  };
  const isBusy = sending.progress !== undefined;
  return (
    <Dialog open modalType="alert" onOpenChange={(_event, { open }) => !open && !isBusy && onClose()}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>
            {watchlist ? t('watchlists.replaceTitle', { alias: watchlist.alias }) : t('watchlists.add')}
          </DialogTitle>
          <DialogContent className={styles.stack}>
            <Field label={t('watchlists.alias')} hint={t('watchlists.aliasHint')} required>
              <Input
                value={alias}
                maxLength={100}
                readOnly={watchlist !== undefined}
                autoComplete="off"
                onChange={(_event, { value }) => setAlias(value)}
              />
            </Field>
            <Field label={t('watchlists.description')}>
              <Input value={description} maxLength={500} onChange={(_event, { value }) => setDescription(value)} />
            </Field>
            {columns.length > 0 && (
              <Field label={t('watchlists.searchKey')} hint={t('watchlists.searchKeyHint')}>
                <Select value={searchKey} onChange={(_event, { value }) => setSearchKey(value)}>
                  {columns.map((name) => (
                    <option key={name} value={name}>
                      {name}
                    </option>
                  ))}
                </Select>
              </Field>
            )}
            <FileSender
              label={t('watchlists.file')}
              hint={t('watchlists.fileHint')}
              submitText={watchlist ? t('watchlists.replace') : t('watchlists.add')}
              isReady={file !== undefined && alias.trim() !== '' && searchKey !== ''}
              sending={sending}
              choose={(chosen) => void choose(chosen)}
              send={() => void sending.begin().then((isDone) => isDone && onDone())}
            />
          </DialogContent>
          <DialogActions>
            <Button disabled={isBusy} onClick={onClose}>
              {common('action.close')}
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
