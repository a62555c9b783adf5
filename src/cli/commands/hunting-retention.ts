// How long the organisation keeps its hunting data.
import { type Call, CliProblem } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { WireHuntingRetention } from '../wire.ts';

const path = '/hunting/retention';

export async function show(call: Call): Promise<ExitCode> {
  showRetention(call, await call.api().call<WireHuntingRetention>('GET', path));
  return exitCodes.ok;
}

/** Changes what an option names and shows the result. */
export async function set(call: Call): Promise<ExitCode> {
  const days = call.option('days');
  const tables = call.list('table').map((each) => {
    const [, table, text] = /^([^=]+)=(.+)$/.exec(each) ?? [];
    if (table === undefined || text === undefined) throw usage(call);
    return [table, daysOf(call, text)] as const;
  });
  if (days === undefined && tables.length === 0) throw usage(call);
  const body = {
    ...(days === undefined ? {} : { days: daysOf(call, days) }),
    ...(tables.length === 0 ? {} : { tables: Object.fromEntries(tables) }),
  };
  showRetention(call, await call.api().call<WireHuntingRetention>('PATCH', path, { body }));
  return exitCodes.ok;
}

function daysOf(call: Call, text: string): number | null {
  if (text === 'none') return null;
  if (!/^\d{1,6}$/.test(text)) throw usage(call);
  return Number(text);
}

function usage(call: Call): CliProblem {
  return new CliProblem(exitCodes.usage, 'usage', call.t('hunt.retention.set.nothing'), [
    call.t('usage.more', { command: 'sallyport help hunt retention set' }),
  ]);
}

function showRetention(call: Call, retention: WireHuntingRetention): void {
  if (call.isJson) {
    call.json(retention);
    return;
  }
  const { daysMax, keptDays, tables } = retention;
  call.say(call.t('hunt.retention.kept', { days: keptDays, daysMax }));
  for (const { table, keptDays: tableDays } of tables) {
    call.say(call.t('hunt.retention.keptOfTable', { table, days: tableDays }));
  }
}
