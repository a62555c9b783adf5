'use strict';
// How a thread begins that startThread (threads.ts) starts. Plain JavaScript, because what turns TypeScript into it would take
// ten megabytes in every thread, and is not needed for files that are in the cache of compiled ones.
const { enableCompileCache } = require('node:module');
const { workerData } = require('node:worker_threads');

if (workerData.cacheFolder !== null) enableCompileCache(workerData.cacheFolder);
import(workerData.file);
