// A whole server in a process of its own, which a test can kill. Prints one line of JSON when it listens: its port and
// who may sign in. Settings come from SALLYPORT_ variables as for `sallyport serve`.
import { loadConfig } from '../../src/config.ts';
import { startServer } from '../../src/running/start.ts';
import { makeTenant, makeUser } from './accounts.ts';

const { config } = loadConfig({ isDemo: false, vendorHosts: false });
const running = await startServer(config, 'server', async (services) => {
  const known = await services.store.db.selectFrom('users').select('userName').executeTakeFirst();
  if (known) return;
  await makeUser(services, await makeTenant(services, true), { role: 'global-administrator' });
});
const user = await running.services.store.db.selectFrom('users').select('userName').executeTakeFirstOrThrow();
console.log(JSON.stringify({ url: running.url, userName: user.userName }));
