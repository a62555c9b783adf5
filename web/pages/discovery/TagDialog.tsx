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
  Radio,
  RadioGroup,
  Text,
} from '@fluentui/react-components';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { ProblemNotice } from '../../components/states.tsx';
import { useAct } from '../../components/use-act.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Notice } from '../../ui/Message.tsx';
import { appsKey, type Found, type TagOutcomes, tagApps } from './app-calls.ts';
import { useTagOptions } from './tags.ts';

const useStyles = makeStyles({ stack: { display: 'flex', flexDirection: 'column', gap: '16px' } });

interface TagDialogProps {
  readonly apps: readonly Pick<Found, 'appId' | 'name'>[];
  onDone(): void;
  onClose(): void;
}

const namesMax = 10;
/** Stands for a tag that is still to be made; no tag has an empty name. */
const newTag = '';

interface Draft {
  readonly verb: 'add' | 'remove';
  readonly tag: string;
  readonly newName: string;
  readonly reason: string;
}

/** Puts a tag on apps, one or many, with a reason, or takes it away. What could not be tagged is named with its reason. */
export function TagDialog({ apps, onDone, onClose }: TagDialogProps) {
  const styles = useStyles();
  const t = useTexts('discovery');
  const common = useTexts('common');
  const queries = useQueryClient();
  const [draft, setDraft] = useState<Draft>({ verb: 'add', tag: 'Unsanctioned', newName: '', reason: '' });
  const [failed, setFailed] = useState<TagOutcomes>();
  const ids = apps.map(({ appId }) => appId);
  const name = draft.tag === newTag ? draft.newName.trim() : draft.tag;
  const act = useAct(() => tagApps(draft.verb, name, ids, draft.reason.trim()));
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const outcomes = await act.run(undefined);
    if (!outcomes) return;
    await queries.invalidateQueries({ queryKey: appsKey });
    onDone();
    if (outcomes.failed === 0) onClose();
    else setFailed(outcomes);
  };
  const names = apps.slice(0, namesMax).map((app) => app.name);
  return (
    <Dialog open onOpenChange={(_event, { open }) => !open && !act.isBusy && onClose()}>
      <DialogSurface>
        <form onSubmit={(event) => void submit(event)}>
          <DialogBody>
            <DialogTitle>{t('tag.title')}</DialogTitle>
            <DialogContent className={styles.stack}>
              {act.error !== undefined && <ProblemNotice error={act.error} />}
              {failed && <Failed outcomes={failed} />}
              <Text>{names.join(', ') + (apps.length > namesMax ? ' …' : '')}</Text>
              <TagFields draft={draft} change={(parts) => setDraft({ ...draft, ...parts })} />
            </DialogContent>
            <DialogActions>
              <Button appearance="primary" type="submit" disabled={act.isBusy}>
                {common('action.save')}
              </Button>
              <Button disabled={act.isBusy} onClick={onClose}>
                {failed ? common('action.close') : common('action.cancel')}
              </Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  );
}

function TagFields({ draft, change }: { draft: Draft; change(parts: Partial<Draft>): void }) {
  const t = useTexts('discovery');
  const options = useTagOptions();
  const { verb, tag, newName, reason } = draft;
  // There is nothing to take away of "no tag".
  const choices = verb === 'add' ? options : options.filter(([name]) => name !== 'None');
  const choose = (next: Draft['verb']) => change({ verb: next, tag: 'Unsanctioned' });
  const required = true;
  return (
    <>
      <Field label={t('tag.verb')}>
        <RadioGroup
          layout="horizontal"
          value={verb}
          onChange={(_event, { value }) => choose(value === 'remove' ? 'remove' : 'add')}
        >
          <Radio value="add" label={t('tag.add')} />
          <Radio value="remove" label={t('tag.remove')} />
        </RadioGroup>
      </Field>
      <Field label={t('tag.label')} hint={t('tag.hint')}>
        <RadioGroup value={tag} onChange={(_event, { value }) => change({ tag: value })}>
          {choices.map(([name, text]) => (
            <Radio key={name} value={name} label={text} />
          ))}
          {verb === 'add' && <Radio value={newTag} label={t('tag.new')} />}
        </RadioGroup>
      </Field>
      {tag === newTag && (
        <Field label={t('tag.newName')} hint={t('tags.nameHint')} required={required}>
          <Input
            value={newName}
            maxLength={60}
            autoComplete="off"
            onChange={(_event, { value }) => change({ newName: value })}
          />
        </Field>
      )}
      {verb === 'add' && (
        <Field label={t('tag.reason')} hint={t('tag.reasonHint')}>
          <Input value={reason} maxLength={500} onChange={(_event, { value }) => change({ reason: value })} />
        </Field>
      )}
    </>
  );
}

function Failed({ outcomes }: { outcomes: TagOutcomes }) {
  const t = useTexts('discovery');
  const lines = outcomes.items
    .filter(({ outcome }) => outcome === 'refused' || outcome === 'not-found')
    .map(({ app, name, problem }) => `${name ?? app}: ${problem ?? ''}`);
  return (
    <Notice
      intent="warning"
      title={t('tag.partly', { changed: outcomes.changed, failed: outcomes.failed })}
      detail={lines.join(' ')}
    />
  );
}
