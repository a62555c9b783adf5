import { at } from '../client.ts';
import type { Call } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { word } from '../show.ts';
import { blockLines, tableLines } from '../table.ts';
import { utcTime } from '../times.ts';
import type { WireExplanation } from '../wire.ts';

/** Why a request was refused: every check in its order, and the one thing to change. */
export async function explain(call: Call): Promise<ExitCode> {
  const answer = await call.api().call<WireExplanation>('GET', at`/explanations/${call.operand('ID')}`);
  if (call.isJson) call.json(answer);
  else showExplanation(call, answer);
  return exitCodes.ok;
}

function showExplanation(call: Call, answer: WireExplanation): void {
  const { t } = call;
  const facts = [
    [t('explain.request'), `${answer.method} ${answer.path}`],
    [t('explain.refusedWith'), `${answer.status} ${answer.code}`],
    [t('explain.said'), answer.message],
    [t('explain.at'), utcTime(answer.at)],
    [t('explain.who'), answer.subject],
    [t('table.from'), answer.address],
  ] as const;
  const checks = tableLines<WireExplanation['checks'][number]>(
    [
      { heading: t('explain.check'), cell: ({ check }) => check },
      { heading: t('table.outcome'), cell: ({ outcome }) => word(call, outcome) },
      { heading: t('explain.detail'), cell: ({ detail }) => detail },
    ],
    answer.checks,
  );
  const change = blockLines([[t('explain.change'), answer.change]]);
  for (const line of [...blockLines(facts), '', ...checks, '', ...change]) call.say(line);
}
