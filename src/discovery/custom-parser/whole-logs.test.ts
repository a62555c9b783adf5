// Whole files of a custom parser through the engine.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type LogFolder, logFolder } from '../../../test/support/traffic-logs.ts';
import { LogRefused } from '../parsing/refused.ts';
import { endIdleThreads } from '../parsing/threads.ts';
import { parseCustomParser } from './definition.ts';

let logs: LogFolder;
before(async () => {
  logs = await logFolder();
});
after(async () => {
  await endIdleThreads();
  await logs.dispose();
});

const custom = parseCustomParser({
  type: 'csv',
  name: 'Branch proxy',
  delimiter: 'semicolon',
  timestampColumn: 'When',
  timestampFormat: 'd/M/yyyy HH:mm:ss a',
  sourceIpColumn: 'Client',
  destinationUrlColumn: 'URL',
  userColumn: 'User',
  totalBytesColumn: 'Bytes',
});

test('values with line breaks, CRLF and a byte order mark are read in whole files, whatever slice they fall into', async () => {
  const rows = Array.from({ length: 20_000 }, (_, index) => {
    const agent = index % 7 === 0 ? '"Mozilla/5.0\r\n(two; lines)"' : 'Mozilla/5.0';
    return `${(index % 20) + 1}/11/2026 0${index % 10}:15:30 AM;192.0.2.${index % 200};${agent};https://www.box.com/${index};jane;10`;
  });
  const text = `\uFEFF${['When;Client;Agent;URL;User;Bytes', ...rows].join('\r\n')}\r\n`;
  const result = await logs.parse(text, { named: 'CUSTOM_PARSER', custom });
  assert.deepEqual([result.read, result.used], [rows.length, rows.length]);
  await result.rows.dispose();
});

test('a file whose first line lacks a column is refused with its first lines', async () => {
  const text = `When;Client;Url;User;Bytes\n${'1/11/2026 08:15:30 AM;192.0.2.1;https://www.box.com/;jane;10\n'.repeat(5)}`;
  await assert.rejects(logs.parse(text, { named: 'CUSTOM_PARSER', custom }), (error) => {
    assert.ok(error instanceof LogRefused);
    assert.equal(error.code, 'format-mismatch');
    assert.match(error.firstBad[0]?.excerpt ?? '', /box\.com/);
    return true;
  });
});
