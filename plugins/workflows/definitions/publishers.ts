/**
 * Whose a definition is: its executions call functions as who published it, with the rights that are left of theirs at
 * that moment, and never with more than the key had that published it.
 */
import { checkAccess, isAppError, throughKey } from '#core/kit.ts';
import type { Principal, Services } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import { RUN } from '../access.ts';
import { workflowErrors } from '../errors.ts';
import { fault } from '../language/faults.ts';
import type { DefinitionRow } from './tables.ts';

export type PublisherColumns = Pick<DefinitionRow, 'published_by' | 'published_key' | 'published_scopes'>;

export interface WorkflowPublishers {
  /** Throws `publisher_gone` when they are suspended, deleted, or in another tenant. */
  principalOf(definitionId: number, tenantId: string): Promise<Principal>;
  /**
   * What the routes ask of who starts a workflow or publishes an event, asked of the publisher of a workflow that does.
   * Throws an authorization fault.
   */
  refuseUnlessMayRun(execution: { definition_id: number; tenant_id: string }): Promise<void>;
  /** Definitions of somebody whose account is deleted: they act as nobody from now on. */
  disown(userId: number): Promise<void>;
}

/** Erased people leave no number behind; 0 is nobody's. */
const NOBODY = 0;
const MAX_KEPT = 1_000;

const PLATFORM: Principal = {
  kind: 'root',
  id: 'platform',
  userId: 0,
  tenantId: null,
  roles: ['superadmin'],
  scopes: null,
};

export function createWorkflowPublishers({ db, accounts, directory }: Services & AuthServices): WorkflowPublishers {
  /** What a definition says of its publisher never changes, but when that account is deleted: then nobody is found by it. */
  const kept = new Map<number, PublisherColumns>();

  return {
    principalOf,
    async refuseUnlessMayRun({ definition_id, tenant_id }) {
      try {
        checkAccess(RUN, await principalOf(definition_id, tenant_id));
      } catch (error) {
        if (!isAppError(error)) throw error;
        throw fault('authorization', `The person who published this workflow may not run others: ${error.message}`, {
          status: error.status,
          code: error.code,
        });
      }
    },
    async disown(userId) {
      await db.write('workflows_definitions').where({ published_by: userId }).update({ published_by: NOBODY });
      kept.clear();
    },
  };

  async function principalOf(definitionId: number, tenantId: string): Promise<Principal> {
    // Only the operator publishes for the platform: its folder, its command line, its root token.
    if (tenantId === '') return PLATFORM;
    const publisher = await columnsOf(definitionId);
    const person = await personOf(publisher, tenantId);
    if (person?.tenantId !== tenantId) throw workflowErrors.publisher_gone();
    return withinTenant(publisher.published_key === null ? person : throughKey(person, scopesOf(publisher)));
  }

  async function columnsOf(id: number): Promise<PublisherColumns> {
    const known = kept.get(id);
    if (known) return known;
    const found = await db
      .read('workflows_definitions')
      .where({ id })
      .first('published_by', 'published_key', 'published_scopes');
    if (!found) throw workflowErrors.workflow_not_found();
    if (kept.size >= MAX_KEPT) kept.clear();
    kept.set(id, found);
    return found;
  }

  /** What the operator published for a tenant acts as its owner. */
  async function personOf({ published_by }: PublisherColumns, tenantId: string): Promise<Principal | null> {
    if (published_by !== null) return accounts.principalOf(Number(published_by));
    const owner = await directory.ownerOf(tenantId);
    return owner ? accounts.principalOf(owner.id) : null;
  }
}

export function isSamePublisher(one: PublisherColumns, other: PublisherColumns): boolean {
  return (
    (one.published_by === null ? null : Number(one.published_by)) === other.published_by &&
    one.published_key === other.published_key &&
    one.published_scopes === other.published_scopes
  );
}

/** What is kept of a publisher; null is the operator. */
export function publisherColumns(publisher: Principal | null): PublisherColumns {
  if (!publisher?.userId) return { published_by: null, published_key: null, published_scopes: null };
  const isKey = publisher.kind === 'apiKey';
  return {
    published_by: publisher.userId,
    published_key: isKey ? (publisher.credentialId ?? '') : null,
    published_scopes: publisher.scopes === null ? null : JSON.stringify(publisher.scopes),
  };
}

/**
 * Others may start a workflow, with input of theirs: a super-admin's reaches no further than an admin of the tenant, so that
 * nobody reaches through it into another one.
 */
export function withinTenant(principal: Principal): Principal {
  if (principal.tenantId === null) return principal;
  return { ...principal, roles: principal.roles.map((role) => (role === 'superadmin' ? 'admin' : role)) };
}

function scopesOf({ published_scopes }: PublisherColumns): readonly string[] | null {
  return published_scopes === null ? null : JSON.parse(published_scopes);
}
