#!/usr/bin/env node
'use strict';
// The `sallyport` command: starts src/main.ts on Node 24 (see node24.cjs for why it needs a launcher).
const path = require('node:path');
const { runOnNode24 } = require('./node24.cjs');

runOnNode24([path.join(__dirname, '..', 'src', 'main.ts'), ...process.argv.slice(2)]);
