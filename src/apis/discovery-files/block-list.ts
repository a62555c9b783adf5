// The XML that says which blocks make up a file (Put Block List): elements Latest, Committed and Uncommitted with ids in Base64.
import type { ListedBlock } from '../../discovery/uploads/blocks.ts';
import { InvalidInput } from '../../lib/failures.ts';

const blocksMax = 50_000;

const kinds: Readonly<Record<string, ListedBlock['from']>> = {
  latest: 'latest',
  committed: 'committed',
  uncommitted: 'uncommitted',
};

/** The blocks in their order. Throws InvalidInput. An empty list is an empty file, as in the protocol. */
export function parseBlockList(text: string): ListedBlock[] {
  const trimmed = text.replace(/^\uFEFF/, '').trim();
  const whole = /^(?:<\?xml[^>]*\?>\s*)?(?:<BlockList\s*\/>|<BlockList(?:\s[^>]*)?>([\s\S]*)<\/BlockList>)$/i.exec(
    trimmed,
  );
  if (!whole) throw notAList();
  const blocks: ListedBlock[] = [];
  const inner = (whole[1] ?? '').trim();
  // Blanks around an id are taken away afterwards: in the pattern they could be shared out in very many ways.
  const element = /<(\w+)>([^<]*)<\/\1>\s*/y;
  while (element.lastIndex < inner.length) {
    const [, name = '', text = ''] = element.exec(inner) ?? [];
    const from = Object.hasOwn(kinds, name.toLowerCase()) ? kinds[name.toLowerCase()] : undefined;
    const id = text.trim();
    if (from === undefined || !/^[A-Za-z0-9+/=]*$/.test(id)) throw notAList();
    blocks.push({ id, from });
    if (blocks.length > blocksMax) throw new InvalidInput('blocklist', `A file has at most ${blocksMax} blocks.`);
  }
  return blocks;
}

function notAList(): InvalidInput {
  return new InvalidInput(
    'blocklist',
    'The body is no list of blocks: send <BlockList> with elements <Latest>, <Committed> or <Uncommitted>.',
  );
}
