// What hunting queries learn besides the stored rows: the product's own functions, places of addresses, the time of storing.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { exported } from './support/hunting.ts';
import { advancedHunting, beginHunting, type HuntingStory } from './support/hunting-calls.ts';
import { startTestServer, type TestServer } from './support/server.ts';

let server: TestServer;
let hunting: HuntingStory;
let other: HuntingStory;

const at = (second: number): string => new Date(Date.UTC(2026, 10, 1, 8, 0, second)).toISOString();
const sha1 = (digit: string): string => digit.repeat(40);
const [all, ours] = ['2026-10-01/2026-12-31', { Timespan: '2026-10-01/2026-12-31' }];

function fileEvent(second: number, device: string, digit: string): unknown {
  return exported('DeviceFileEvents', {
    Timestamp: at(second),
    DeviceId: device,
    DeviceName: `${device}.contoso.example`,
    ActionType: 'FileCreated',
    FileName: `${digit}.exe`,
    SHA1: sha1(digit),
    SHA256: digit.repeat(64),
    MD5: digit.repeat(32),
    FileSize: 1000 + second,
    InitiatingProcessSHA1: sha1('f'),
    ReportId: second,
  });
}

function networkInfo(second: number, device: string, address: string): unknown {
  return exported('DeviceNetworkInfo', {
    Timestamp: at(second),
    DeviceId: device,
    DeviceName: `${device}.contoso.example`,
    NetworkAdapterName: 'eth0',
    MacAddress: 'A1',
    NetworkAdapterType: 'Ethernet',
    ConnectedNetworks: '[]',
    IPAddresses: JSON.stringify([{ IPAddress: address, SubnetPrefix: 24, AddressType: 'Private' }]),
    ReportId: second,
  });
}

before(async () => {
  server = await startTestServer({ settings: { appRequestsPerMinute: 100_000, huntingQueriesPerMinute: 1000 } });
  hunting = await beginHunting(server, 0);
  other = await beginHunting(server, 0);
  await hunting.ingest([
    fileEvent(1, 'd1', 'a'),
    fileEvent(2, 'd2', 'a'),
    fileEvent(3, 'd2', 'a'),
    fileEvent(4, 'd1', 'b'),
    exported('DeviceProcessEvents', {
      Timestamp: at(5),
      DeviceId: 'd3',
      SHA1: sha1('A'),
      FileName: 'a.exe',
      ReportId: 5,
    }),
    exported('DeviceFileCertificateInfo', {
      Timestamp: at(6),
      DeviceId: 'd1',
      SHA1: sha1('a'),
      IsSigned: true,
      IsTrusted: true,
      Signer: 'Contoso',
      Issuer: 'Contoso CA',
      SignerHash: 'c1',
      IsRootSignerMicrosoft: false,
      ReportId: 6,
    }),
    networkInfo(10, 'd1', '10.0.0.1'),
    networkInfo(20, 'd1', '10.0.0.2'),
    networkInfo(15, 'd2', '10.0.0.1'),
  ]);
  await other.ingest([fileEvent(1, 'd7', 'a'), fileEvent(2, 'd8', 'a'), networkInfo(10, 'd9', '10.0.0.1')]);
});
after(() => server.dispose());

test('FileProfile: what the tenant has seen of a file, by whichever hash, and of nobody else', async () => {
  const asked = 'DeviceFileEvents | where DeviceId == "d1" | project SHA1, SHA256';
  const shown =
    'sort by SHA1 asc | project SHA1, GlobalPrevalence, GlobalFirstSeen, Signer, SignatureState, IsCertificateValid, FileSize, ProfileAvailability';
  const first = at(1).replace('.000Z', '.0000000Z');
  const expected = [
    [sha1('a'), 3, first, 'Contoso', 'SignedValid', true, 1003, 'Available'],
    [sha1('b'), 1, at(4).replace('.000Z', '.0000000Z'), '', 'Unknown', null, 1004, 'Available'],
  ];
  assert.deepEqual(await hunting.rows(`${asked} | invoke FileProfile() | ${shown}`, ours), expected);
  assert.deepEqual(await hunting.rows(`${asked} | invoke FileProfile(SHA1, 1000) | ${shown}`, ours), expected);
  assert.deepEqual(await hunting.rows(`${asked} | invoke FileProfile("SHA1", 1000) | ${shown}`, ours), expected);
  const bySha256 = await hunting.rows(
    `${asked} | invoke FileProfile("SHA256") | sort by SHA1 asc | project GlobalPrevalence`,
    ours,
  );
  assert.deepEqual(bySha256, [[2], [1]]);
});

test('FileProfile: the columns of a row stay its own, and what has no profile says so', async () => {
  const processes = await hunting.rows(
    'DeviceFileEvents | where DeviceId == "d1" | invoke FileProfile(InitiatingProcessSHA1) | sort by SHA1 asc | project SHA1, GlobalPrevalence',
    ours,
  );
  assert.deepEqual(processes, [
    [sha1('a'), 2],
    [sha1('b'), 2],
  ]);
  const unknown = `datatable(n:long, SHA1:string)[1, "${sha1('9')}", 2, "no hash", 3, ""] | invoke FileProfile() | sort by n asc | project ProfileAvailability, SignatureState, GlobalPrevalence, ThreatName`;
  assert.deepEqual(await hunting.rows(unknown, ours), [
    ['Missing', 'Unknown', null, ''],
    ['', '', null, ''],
    ['', '', null, ''],
  ]);
  const limited = await hunting.rows(
    'DeviceFileEvents | distinct SHA1 | invoke FileProfile(SHA1, 1) | summarize countif(ProfileAvailability == "Available"), countif(ProfileAvailability == "")',
    ours,
  );
  assert.deepEqual(limited, [[1, 1]]);
});

test('FileProfile of a table without the column is refused by name', async () => {
  const answer = await hunting.post(advancedHunting, { Query: 'print a = 1 | invoke FileProfile()' });
  assert.equal(answer.status, 400, answer.text);
  assert.match(answer.text, /FileProfile of a table without a column SHA1 is not supported/);
});

test('DeviceFromIP and AssignedIPAddresses: the last that was reported, or the last before a time', async () => {
  const asked = 'print IP = "10.0.0.1" | invoke DeviceFromIP';
  assert.deepEqual(await hunting.rows(`${asked}()`, ours), [['10.0.0.1', 'd2']]);
  const before = `datetime(${at(16)})`;
  assert.deepEqual(await hunting.rows(`${asked}(IP, ${before}) | sort by DeviceId asc`, ours), [
    ['10.0.0.1', 'd1'],
    ['10.0.0.1', 'd2'],
  ]);
  const addresses = (rest: string) =>
    hunting.rows(`AssignedIPAddresses('d1.contoso.example'${rest}) | project IPAddress, IPType`, ours);
  assert.deepEqual(await addresses(''), [['10.0.0.2', 'Private']]);
  assert.deepEqual(await addresses(`, ${before}`), [['10.0.0.1', 'Private']]);
  assert.deepEqual(await hunting.rows("AssignedIPAddresses('d9')", { Timespan: all }), []);
});

test('SeenBy is refused with the reason', async () => {
  const answer = await hunting.post(advancedHunting, { Query: 'DeviceInfo | invoke SeenBy()' });
  assert.equal(answer.status, 400, answer.text);
  assert.match(answer.text, /no table here says which devices have discovered a device/);
});

test('geo_info_from_ip_address: the country of an address, and nothing that is not known', async () => {
  const place = (address: string) => hunting.rows(`print g = geo_info_from_ip_address("${address}")`);
  assert.deepEqual(await place('1.1.1.1'), [[{ country: 'Australia' }]]);
  assert.deepEqual(await place('2001:4860:4860::8888'), [[{ country: 'United States' }]]);
  for (const address of ['10.0.0.1', '127.0.0.1', 'fe80::1', 'nothing', ''])
    assert.deepEqual(await place(address), [[null]]);
  const counted =
    'DeviceNetworkInfo | where isempty(tostring(geo_info_from_ip_address(tostring(parse_json(IPAddresses)[0].IPAddress)).country)) | count';
  assert.deepEqual(await hunting.rows(counted, ours), [[3]]);
});

test('ingestion_time(): when a row came in, also through let, and refused where a row is none of a table', async () => {
  const count = (query: string) => hunting.rows(`${query} | count`, ours);
  assert.deepEqual(await count('DeviceFileEvents | where ingestion_time() > ago(1h)'), [[4]]);
  assert.deepEqual(
    await count('let T = DeviceFileEvents | where DeviceId == "d1"; T | where ingestion_time() > ago(1h)'),
    [[2]],
  );
  assert.deepEqual(await count('DeviceFileEvents | where ingestion_time() < ago(1h)'), [[0]]);
  const answer = await hunting.post(advancedHunting, {
    Query: 'DeviceFileEvents | summarize by DeviceId | extend t = ingestion_time()',
  });
  assert.match(answer.text, /Ingestion_time\(\) of rows that are not those of a stored table is not supported/);
});
