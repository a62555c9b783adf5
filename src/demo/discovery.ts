// Cloud discovery in the demo: the appliances of each organisation, what it thinks of some apps, and the logs of the month, which
// are sent as any client sends one and are read when the server is ready.
import { createCollector } from '../agents/collectors.ts';
import { initialSettings } from '../agents/siem-agent.ts';
import { createSiemAgent } from '../agents/siem-agents.ts';
import type { Ctx } from '../context.ts';
import { createCustomApp } from '../discovery/apps/custom-apps.ts';
import { changeTags } from '../discovery/apps/tagging.ts';
import { createDataSource } from '../discovery/streams/data-sources.ts';
import { createReport } from '../discovery/streams/reports.ts';
import { beginUpload } from '../discovery/uploads/begin.ts';
import { finishOwn } from '../discovery/uploads/finish.ts';
import { receiveFor } from '../discovery/uploads/receive.ts';
import { fortiGateLog, squidLog } from './appliances.ts';
import type { CastTenant } from './cast.ts';
import type { DemoTraffic } from './traffic.ts';
import { ownAppHost } from './web-apps.ts';
import { worldOf } from './world.ts';

/** So many lines of the log that is sent with the wrong source. */
const mistakenLines = 50;

const tags: Readonly<Record<string, readonly string[]>> = {
  Sanctioned: ['sharepoint.com', 'outlook.office365.com', 'teams.microsoft.com', 'github.com', 'salesforce.com'],
  Unsanctioned: ['mega.nz', 'mediafire.com'],
  Monitored: ['wetransfer.com', 'dropbox.com', 'chatgpt.com'],
  'Under review': ['notion.so', 'claude.ai'],
};

/** The id of the report about the group, which the demo's report administrator looks after. */
export async function seedDiscovery(
  ctx: Ctx,
  { slug, domain, displayName }: CastTenant,
  group: { readonly id: string; readonly name: string },
  traffic: DemoTraffic,
): Promise<string> {
  const office = worldOf(slug).offices.at(-1)?.name ?? '';
  const proxyName = `proxy-${office.toLowerCase()}`;
  const firewall = await createDataSource(ctx, {
    ...{ name: 'firewall', source: 'FORTIGATE_SYSLOG', receiver: 'syslog-tcp' },
    comment: 'All offices but one, and the VPN',
  });
  const proxy = await createDataSource(ctx, {
    ...{ name: proxyName, source: 'SQUID_NATIVE_SYSLOG', receiver: 'ftp' },
    comment: `The office in ${office}`,
  });
  const report = await createReport(ctx, { name: group.name, filters: { groups: [group.id] } });
  await createCustomApp(ctx, {
    ...{ name: `${displayName} payroll`, vendor: displayName, category: 'SAASDB_CATEGORY_HUMAN_RESOURCE_MANAGEMENT' },
    ...{ domains: [ownAppHost(slug)], score: 9 },
  });
  for (const [tag, apps] of Object.entries(tags)) await changeTags(ctx, { action: 'add', tag, apps });
  await createCollector(ctx, `${slug}-collector`, [
    { dataSourceId: firewall.id, port: 6601 },
    { dataSourceId: proxy.id, port: null },
  ]);
  await createSiemAgent(ctx, `${slug}-siem`, {
    ...initialSettings,
    ...{ remoteHost: `siem.${domain}`, remotePort: 6514, protocol: 'tls' },
  });
  await seedLogs(ctx, { firewall: firewall.id, proxy: proxy.id }, traffic);
  return report.id;
}

async function seedLogs(
  ctx: Ctx,
  streams: { readonly firewall: string; readonly proxy: string },
  { firewall, proxy, guests }: DemoTraffic,
): Promise<void> {
  await send(ctx, 'firewall-month.log', 'FORTIGATE', fortiGateLog(firewall), streams.firewall);
  await send(ctx, 'proxy-month.log', 'SQUID_NATIVE', squidLog(proxy), streams.proxy);
  await send(ctx, 'guests-week.log', 'SQUID_NATIVE', squidLog(guests), 'Guest network', true);
  // Somebody mistook the firewall's log for the proxy's.
  const mistaken = fortiGateLog(firewall.slice(0, mistakenLines));
  await send(ctx, 'proxy-today.log', 'SQUID_NATIVE', mistaken, streams.proxy);
}

async function send(
  ctx: Ctx,
  fileName: string,
  source: string,
  text: string,
  inputStreamName: string,
  isSnapshot = false,
): Promise<void> {
  const { upload } = await beginUpload(ctx, { fileName, source }, 'https://localhost');
  async function* bytes(): AsyncGenerator<Buffer> {
    yield Buffer.from(text);
  }
  await receiveFor(ctx, upload.id, bytes);
  await finishOwn(ctx, upload.id, { inputStreamName, isSnapshot });
}
