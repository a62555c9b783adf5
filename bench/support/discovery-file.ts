// Writes a log into a file, packed with gzip as collectors send it; a process of its own. Arguments: kind, bytes, file.
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type BenchLog, benchHosts, benchLog } from './discovery-logs.ts';

const [kind = '', bytes = '', path = ''] = process.argv.slice(2);
const log = benchLog(kind as BenchLog, await benchHosts(), Number(bytes)); // The parent names one of them.
await pipeline(Readable.from(log), createGzip({ level: 6 }), createWriteStream(path));
