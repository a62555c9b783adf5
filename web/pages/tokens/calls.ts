// Calls about API tokens.
import { queryOptions } from '@tanstack/react-query';
import type {
  BulkResult,
  GenerateBody,
  MintedToken,
  TokenChoices,
  TokenList,
  Token as TokenSchema,
} from '../../../src/apis/management/tokens-schemas.ts';
import type { Type } from '../../../src/lib/schema.ts';
import { call, managementPath } from '../../api/client.ts';
import { ApiProblem } from '../../api/problem.ts';
import type { ListQuery } from '../../components/list-state.ts';

export type Token = Type.Static<typeof TokenSchema>;
export type TokenPage = Type.Static<typeof TokenList>;
export type Minted = Type.Static<typeof MintedToken>;
export type Generate = Type.Static<typeof GenerateBody>;
export type Departed = Type.Static<typeof BulkResult>;

export const tokensKey = ['api-tokens'] as const;

export async function listTokens(query: ListQuery, signal: AbortSignal): Promise<TokenPage> {
  const { filters, ...page } = query;
  return await call(managementPath('api-tokens'), { query: { ...page, status: filters.status }, signal });
}

/** These tokens as they are now, without those that are gone meanwhile. */
export async function getPicked(ids: readonly string[], signal: AbortSignal): Promise<readonly Token[]> {
  const found: Token[] = [];
  for (const id of ids) {
    const token = await call<Token>(managementPath('api-tokens', id), { signal }).catch((error: unknown) => {
      if (error instanceof ApiProblem && error.status === 404) return undefined;
      throw error;
    });
    if (token) found.push(token);
  }
  return found;
}

/** What the reader may give a token. */
export const choicesQuery = queryOptions({
  queryKey: ['api-token-choices'],
  queryFn: ({ signal }) => call<Type.Static<typeof TokenChoices>>(managementPath('api-tokens', 'choices'), { signal }),
});

export function generateToken(body: Generate): Promise<Minted> {
  return call(managementPath('api-tokens'), { body });
}

export function rotateToken(id: string, overlapSeconds: number): Promise<Minted> {
  return call(managementPath('api-tokens', id, 'rotate'), { body: { overlapSeconds } });
}

export function revokeToken(id: string): Promise<void> {
  return call(managementPath('api-tokens', id), { method: 'DELETE' });
}

/** Tokens of owners who are disabled or deleted; with `dryRun` nothing is revoked. */
export function revokeDeparted(dryRun: boolean): Promise<Departed> {
  return call(managementPath('api-tokens', 'bulk-revocation'), { body: { departedOwners: true, dryRun } });
}
