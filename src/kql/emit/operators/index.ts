// The operators that are not relational algebra, by name.
import type { Rel, Special } from '../../ir.ts';
import type { Block } from '../block.ts';
import type { Context } from '../context.ts';
import { emitAddressPlace } from './address-place.ts';
import { emitBagUnpack, emitPivot } from './columns.ts';
import { emitExpand } from './expand.ts';
import { emitExternalData } from './external-data.ts';
import { emitIpv4Lookup } from './ipv4-lookup.ts';
import { emitMakeSeries } from './make-series.ts';
import { emitParse } from './parse.ts';
import { emitParseKv } from './parse-kv.ts';
import { emitSample, emitSampleDistinct } from './sample.ts';
import { emitScan } from './scan.ts';
import { emitApply, emitPartition, emitSubtable } from './subtables.ts';
import { emitTopNested } from './top-nested.ts';

export function emitSpecial(special: Special & Rel, context: Context): Block {
  switch (special.name) {
    case 'mv-expand':
      return emitExpand(special, context);
    case 'mv-apply':
      return emitApply(special, context);
    case 'partition':
      return emitPartition(special, context);
    case 'subtable':
      return emitSubtable(special, context);
    case 'parse':
      return emitParse(special, context);
    case 'make-series':
      return emitMakeSeries(special, context);
    case 'parse-kv':
      return emitParseKv(special, context);
    case 'bag_unpack':
      return emitBagUnpack(special, context);
    case 'pivot':
      return emitPivot(special, context);
    case 'ipv4_lookup':
      return emitIpv4Lookup(special, context);
    case 'address-place':
      return emitAddressPlace(special, context);
    case 'sample':
      return emitSample(special, context);
    case 'sample-distinct':
      return emitSampleDistinct(special, context);
    case 'scan':
      return emitScan(special, context);
    case 'top-nested':
      return emitTopNested(special, context);
    case 'externaldata':
      return emitExternalData(special, context);
    case 'serialize':
      return context.emit(special.inputs[0]);
  }
}
