// Operators over one table, by the kind of their syntax node.
import { lowerGetSchema, lowerRender, lowerSample, lowerSampleDistinct } from './annotations.ts';
import { lowerInvoke } from './bodies.ts';
import { lowerEvaluate } from './evaluate.ts';
import { lowerMvApply, lowerMvExpand, lowerPartition } from './expansions.ts';
import { lowerJoin, lowerLookup } from './joins.ts';
import type { LowerOperator } from './lowering.ts';
import { lowerParse, lowerParseKv } from './parsing.ts';
import { rowOperators } from './rows.ts';
import { lowerScan } from './scan.ts';
import { lowerSearchAfter } from './searches.ts';
import { lowerMakeSeries, lowerTopNested } from './series.ts';
import { lowerCount, lowerDistinct, lowerSummarize } from './summarize.ts';
import { lowerUnionAfter } from './unions.ts';

export const tabularOperators: Readonly<Record<string, LowerOperator>> = {
  ...rowOperators,
  SummarizeOperator: lowerSummarize,
  CountOperator: lowerCount,
  DistinctOperator: lowerDistinct,
  EvaluateOperator: lowerEvaluate,
  GetSchemaOperator: lowerGetSchema,
  InvokeOperator: lowerInvoke,
  JoinOperator: lowerJoin,
  MakeSeriesOperator: lowerMakeSeries,
  MvApplyOperator: lowerMvApply,
  MvExpandOperator: lowerMvExpand,
  ParseOperator: lowerParse,
  ParseWhereOperator: lowerParse,
  ParseKvOperator: lowerParseKv,
  PartitionOperator: lowerPartition,
  RenderOperator: lowerRender,
  SampleOperator: lowerSample,
  SampleDistinctOperator: lowerSampleDistinct,
  ScanOperator: lowerScan,
  SearchOperator: lowerSearchAfter,
  TopNestedOperator: lowerTopNested,
  LookupOperator: lowerLookup,
  UnionOperator: lowerUnionAfter,
};
