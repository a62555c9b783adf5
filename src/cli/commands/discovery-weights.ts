// What the organisation finds important in the score of apps.
import { confirm } from '../ask.ts';
import { type Call, CliProblem } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { yesNo } from '../show.ts';
import { blockLines } from '../table.ts';
import type { WireScoreWeights } from '../wire.ts';
import { importanceNames } from './discovery-app.ts';

const path = '/discovery/score-weights';

export async function show(call: Call): Promise<ExitCode> {
  sayWeights(call, await call.api().call<WireScoreWeights>('GET', path));
  return exitCodes.ok;
}

export async function set(call: Call): Promise<ExitCode> {
  const unknown = call.option('unknown');
  const body = {
    fields: importances(call, call.list('factor')),
    categories: importances(call, call.list('category')),
    countsUnknown: unknown === undefined ? undefined : unknown === 'counts',
  };
  sayWeights(call, await call.api().call<WireScoreWeights>('PATCH', path, { body }));
  return exitCodes.ok;
}

export async function reset(call: Call): Promise<ExitCode> {
  await confirm(call, call.t('scoreWeights.reset.question'));
  sayWeights(call, await call.api().call<WireScoreWeights>('DELETE', path));
  return exitCodes.ok;
}

/** `mfa=high` or `mfa=3`. */
function importances(call: Call, pairs: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const cut = pair.lastIndexOf('=');
      const text = pair
        .slice(cut + 1)
        .trim()
        .toLowerCase();
      const named = importanceNames.indexOf(text);
      const weight = named >= 0 ? named : Number(text === '' ? Number.NaN : text);
      if (cut > 0 && Number.isInteger(weight) && weight >= 0 && weight < importanceNames.length) {
        return [pair.slice(0, cut).trim(), weight];
      }
      const names = importanceNames.join(', ');
      throw new CliProblem(exitCodes.usage, 'usage', call.t('scoreWeights.set.wrong', { value: pair, names }));
    }),
  );
}

function sayWeights(call: Call, weights: WireScoreWeights): void {
  if (call.isJson) {
    call.json(weights);
    return;
  }
  const name = (weight: number): string => importanceNames[weight] ?? String(weight);
  const entries = (of: Readonly<Record<string, number>>) =>
    Object.entries(of).map(([key, weight]) => [key, name(weight)] as const);
  for (const line of blockLines(entries(weights.categories))) call.say(line);
  call.say('');
  for (const line of blockLines(entries(weights.fields))) call.say(line);
  call.say('');
  call.say(call.t('scoreWeights.show.unknown', { answer: yesNo(call, weights.countsUnknown) }));
}
