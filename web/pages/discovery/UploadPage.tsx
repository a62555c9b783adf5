import { Field, ProgressBar, Spinner } from '@fluentui/react-components';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { ConfirmAct } from '../../components/ConfirmAct.tsx';
import { PermittedButton } from '../../components/PermittedButton.tsx';
import { RouterLink } from '../../components/RouterLink.tsx';
import { Permitted, ProblemNotice } from '../../components/states.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useTexts } from '../../i18n/texts.ts';
import { Definitions } from '../../ui/Definitions.tsx';
import { Notice } from '../../ui/Message.tsx';
import { Page, Section } from '../../ui/Page.tsx';
import { ReadingResult } from './ReadingResult.tsx';
import { UploadStateBadge } from './UploadState.tsx';
import {
  cancelUpload,
  deleteUpload,
  hasEnded,
  logKindsQuery,
  type Upload,
  uploadQuery,
  uploadsKey,
} from './upload-calls.ts';
import { problemOf } from './words.ts';

/** One uploaded log: how far it is, and what came of it. */
export function UploadPage() {
  const t = useTexts('discovery');
  const common = useTexts('common');
  const { id = '' } = useParams({ strict: false });
  const upload = useQuery(uploadQuery(id));
  const back = <RouterLink to="/discovery/uploads">{common('nav.snapshots')}</RouterLink>;
  return (
    <Page
      title={upload.data?.fileName ?? t('upload.title')}
      lead={back}
      actions={upload.data && <UploadActions upload={upload.data} />}
    >
      <Permitted any={['Discovery.read', 'Discovery.upload']}>
        {upload.error && <ProblemNotice error={upload.error} retry={() => void upload.refetch()} />}
        {upload.isPending && <Spinner label={common('state.loading')} />}
        {upload.data && <UploadDetails upload={upload.data} />}
      </Permitted>
    </Page>
  );
}

function UploadDetails({ upload }: { upload: Upload }) {
  const t = useTexts('discovery');
  const common = useTexts('common');
  const { bytes, dateTime } = useFormat();
  const kinds = useQuery(logKindsQuery);
  const titleOf = (name: string) => kinds.data?.items.find((each) => each.name === name)?.title ?? name;
  const { state, source, streamName, createdAt, createdBy, startedAt, endedAt, result } = upload;
  return (
    <>
      <div aria-live="polite">
        <Outcome upload={upload} />
      </div>
      <Section title={t('upload.details')}>
        <Definitions
          items={[
            [common('list.status'), <UploadStateBadge key="state" state={state} />],
            [t('report'), streamName ?? '–'],
            [t('uploads.kind'), titleOf(source)],
            [t('uploads.size'), bytes(upload.bytes)],
            [t('uploads.created'), dateTime(createdAt)],
            [t('upload.by'), createdBy],
            [t('upload.started'), dateTime(startedAt)],
            [t('upload.ended'), dateTime(endedAt)],
          ]}
        />
      </Section>
      {result && <ReadingResult result={result} titleOf={titleOf} />}
    </>
  );
}

/** What one has to know first. */
function Outcome({ upload }: { upload: Upload }) {
  const t = useTexts('discovery');
  const { number } = useFormat();
  const { state, problemCode, problem, duplicateOf, result, streamId } = upload;
  if (!hasEnded(upload)) {
    return (
      <Field label={t(`waiting.${state === 'processing' ? 'processing' : state === 'queued' ? 'queued' : 'created'}`)}>
        <ProgressBar />
      </Field>
    );
  }
  if (state !== 'done') {
    const title = t(`problem.${problemOf(problemCode)}`);
    return <Notice intent={state === 'failed' ? 'error' : 'warning'} title={title} detail={problem ?? ''} />;
  }
  if (duplicateOf !== null) {
    const first = <RouterLink to={`/discovery/uploads/${duplicateOf}`}>{t('upload.duplicateLink')}</RouterLink>;
    return <Notice intent="info" title={t('upload.duplicate')} detail={t('upload.duplicateDetail')} action={first} />;
  }
  return (
    <Notice
      intent="success"
      title={t('upload.done')}
      detail={t('upload.doneDetail', {
        used: number(result?.used),
        read: number(result?.read),
        apps: number(result?.apps),
      })}
      action={<RouterLink to={`/discovery/apps?report=${streamId ?? ''}&days=90`}>{t('upload.showApps')}</RouterLink>}
    />
  );
}

function UploadActions({ upload }: { upload: Upload }) {
  const t = useTexts('discovery');
  const common = useTexts('common');
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [isAsking, setAsking] = useState(false);
  const ended = hasEnded(upload);
  const verb = ended ? common('action.delete') : t('cancel.action');
  const done = async () => {
    setAsking(false);
    if (ended) await navigate({ to: '/discovery/uploads' });
    await queries.invalidateQueries({ queryKey: uploadsKey });
  };
  return (
    <>
      <PermittedButton any={['Discovery.manage']} onClick={() => setAsking(true)}>
        {verb}
      </PermittedButton>
      {isAsking && (
        <ConfirmAct
          title={ended ? t('delete.title') : t('cancel.title')}
          lead={ended ? t('delete.lead', { name: upload.fileName }) : t('cancel.lead', { name: upload.fileName })}
          confirmText={verb}
          work={async () => {
            await (ended ? deleteUpload(upload.id) : cancelUpload(upload.id));
          }}
          onDone={() => void done()}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}
