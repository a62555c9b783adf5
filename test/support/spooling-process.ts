// A process of its own that reads a log, says so when its rows are written down, and waits to be killed. Argument: folder.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseLog } from '../../src/discovery/parsing/parse.ts';
import { jobOf, squidLine } from './traffic-logs.ts';

const [folder = ''] = process.argv.slice(2);
const path = join(folder, 'log');
await writeFile(path, squidLine('www.dropbox.com'));
await parseLog({
  ...jobOf(path, folder, 'SQUID_NATIVE'),
  systems: { dataFolder: folder, organizationDatabaseFile: null },
});
process.send?.('written');
setInterval(() => {}, 1000);
