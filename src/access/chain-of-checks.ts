import { type Check, type CheckName, Refusal, type RefusalCode, type RefusalDetails } from './refusal.ts';

type Concern = Pick<RefusalDetails, 'tenantId' | 'userId' | 'target'>;

/** How a check failed: what the caller is told, what the explanation says, and the one thing to change. */
export interface Failure {
  readonly status: 401 | 403;
  readonly code: RefusalCode;
  readonly message: string;
  readonly detail: string;
  readonly remedy: string;
}

/** The checks passed so far, and how to refuse at the next one. */
export class ChainOfChecks {
  readonly passed: Check[] = [];
  #about: Concern = { tenantId: null, userId: null, target: null };

  /** Whose credential it is, once that is proved. */
  concerns(about: Concern): void {
    this.#about = about;
  }

  pass(check: CheckName, detail: string): void {
    this.passed.push({ check, outcome: 'passed', detail });
  }

  refuse(check: CheckName, { detail, ...failure }: Failure): Refusal {
    return new Refusal({ ...failure, chain: [...this.passed, { check, outcome: 'failed', detail }], ...this.#about });
  }
}
