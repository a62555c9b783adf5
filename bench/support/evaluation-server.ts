// The server of the evaluation-delay bench, in a process of its own: the whole program with its built-in detections, many
// activity policies, and one that the bench waits for. Settings come from SALLYPORT_ variables. Asked by any message, it
// answers with the processor time that it has taken.
import { loadConfig } from '../../src/config.ts';
import { condition, filtersOf } from '../../src/policies/conditions.ts';
import { createPolicy } from '../../src/policies/policies.ts';
import { startServer } from '../../src/running/start.ts';
import { makeTenant, makeUser } from '../../test/support/accounts.ts';
import { ctxOf } from '../../test/support/ingestion.ts';
import { markedName } from './organisation.ts';
import { policyCount, variedPolicies } from './policies.ts';

/** What the process tells its parent when it listens. */
export interface EvaluationServer {
  readonly port: number;
  readonly userName: string;
  /** Of the policy that matches what marked people do. */
  readonly policyId: string;
}

const { config } = loadConfig({ isDemo: false, vendorHosts: false });
let told: Omit<EvaluationServer, 'port'> | undefined;
const running = await startServer(config, 'server', async (services) => {
  const tenant = await makeTenant(services, true);
  const { userName } = await makeUser(services, tenant, { role: 'global-administrator' });
  const ctx = ctxOf(services, tenant, ['Policies.manage']);
  for (const input of variedPolicies(policyCount - 1)) await createPolicy(ctx, input);
  const conditions = [condition('user.username', { operator: 'startswith', texts: [markedName] })];
  const filters = { filters: filtersOf(conditions), conditions };
  const { id } = await createPolicy(ctx, { name: 'marked', filters, dailyAlertLimit: 1000 });
  told = { userName, policyId: id };
});
// The parent ends us by closing the channel.
process.on('disconnect', () => void running.stop().then(() => process.exit(0)));
process.on('message', () => process.send?.(process.cpuUsage()));
process.send?.({ port: config.port, ...told });
