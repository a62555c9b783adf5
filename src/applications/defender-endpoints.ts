import type { Row } from './endpoint-permissions.ts';

const alertReaders = ['Alert.Read.All Alert.ReadWrite.All', 'Alert.Read Alert.ReadWrite'] as const;
const alertWriters = ['Alert.ReadWrite.All', 'Alert.ReadWrite'] as const;
const machineReaders = ['Machine.Read.All Machine.ReadWrite.All', 'Machine.Read Machine.ReadWrite'] as const;

/** The endpoint API: alerts, machines and actions on them. Each path is there with /api/v1.0 in front as well. */
export function endpointRows(): Row[] {
  return [
    ['GET /api/alerts', ...alertReaders],
    ['GET /api/alerts/{id}', ...alertReaders],
    ['PATCH /api/alerts/{id}', ...alertWriters],
    ['POST /api/alerts/batchUpdate', ...alertWriters],
    ['GET /api/alerts/{id}/machine', ...machineReaders],
    ['GET /api/alerts/{id}/user', ...alertReaders],
    ['GET /api/alerts/{id}/ips', ...alertReaders],
    ['GET /api/alerts/{id}/domains', ...alertReaders],
    ['GET /api/alerts/{id}/files', ...alertReaders],
    ['GET /api/machines', ...machineReaders],
    ['GET /api/machines/{id}', ...machineReaders],
    ['GET /api/machines/{id}/alerts', ...alertReaders],
    ['POST /api/machines/{id}/tags', 'Machine.ReadWrite.All', 'Machine.ReadWrite'],
    ['POST /api/machines/{id}/isolate', 'Machine.Isolate'],
    ['POST /api/machines/{id}/unisolate', 'Machine.Isolate'],
    ['GET /api/machineactions', ...machineReaders],
    ['GET /api/machineactions/{id}', ...machineReaders],
    ['POST /api/machineactions/{id}/cancel', 'Machine.Isolate'],
    ['POST /api/advancedqueries/run', 'AdvancedQuery.Read.All', 'AdvancedQuery.Read'],
  ];
}
