import { loadConfig } from '../../config.ts';
import { http } from '../../lib/http.ts';
import { localSocketPath } from '../../running/local-socket.ts';
import { type Call, CliProblem } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { settingsOf } from './serve.ts';

/** `sallyport break-glass TENANT USER --reason TEXT`: restores an administrator, through the running server's own socket. */
export async function run(call: Call): Promise<ExitCode> {
  const { config } = settingsOf(() => loadConfig({ isDemo: false, vendorHosts: false }), call);
  const reason = call.option('reason');
  if (!reason) throw new CliProblem(exitCodes.usage, 'reason-missing', call.t('breakGlass.reasonMissing'));
  const path = localSocketPath(config.dataFolder);
  const answer =
    path === undefined
      ? undefined
      : await post(path, { tenant: call.operand('TENANT'), user: call.operand('USER'), reason });
  if (!answer) {
    throw new CliProblem(
      exitCodes.unreachable,
      'no-server',
      call.t('breakGlass.noServer', { folder: config.dataFolder }),
      [call.t('breakGlass.noServerHint')],
    );
  }
  if (answer.status !== 200)
    throw new CliProblem(exitCodes.failed, 'refused', String(answer.body.detail ?? call.t('breakGlass.failed')));
  const { tenant, user, oneTimePassword } = answer.body as {
    tenant: { slug: string };
    user: { userName: string };
    oneTimePassword: string;
  }; // What local-socket.ts sends.
  if (call.isJson) {
    call.json(answer.body);
    return exitCodes.ok;
  }
  call.note(call.t('breakGlass.done', { user: user.userName, tenant: tenant.slug }));
  call.note(call.t('breakGlass.password'));
  call.say(oneTimePassword);
  return exitCodes.ok;
}

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** Undefined when no server listens on the socket. */
async function post(socketPath: string, body: unknown): Promise<Answer | undefined> {
  return new Promise((resolve, reject) => {
    const call = http.request(
      { socketPath, path: '/break-glass', method: 'POST', headers: { 'content-type': 'application/json' } },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 500, body: JSON.parse(text) as Record<string, unknown> }),
        );
      },
    );
    call.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve(undefined);
      else reject(error);
    });
    call.end(JSON.stringify(body));
  });
}
