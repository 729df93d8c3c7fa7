'use client';
import { Permission, permissionsOf } from '@aether/contracts/permissions';
import { Check } from 'lucide-react';
import { sentence } from '@/ui/words';
import { roles } from './roles';

const resources = [...new Set(Permission.options.map((permission) => permission.split(':')[0] ?? ''))];
const actions = ['read', 'write'] as const;
const all: readonly string[] = Permission.options;

/** The table that the edge decides by, as people read it. */
export function Permissions() {
  return (
    <div className="overflow-x-auto" tabIndex={0} role="region" aria-label="What the roles may do">
      <table className="w-full text-left">
        <thead className="text-12 text-dim">
          <tr className="border-b border-line">
            <th scope="col" className="px-2 py-2 first:pl-4 last:pr-4 sm:px-4 font-medium">
              What
            </th>
            {roles.map(({ id, label, lead }) => (
              <th
                key={id}
                scope="col"
                title={lead}
                className="px-2 py-2 first:pl-4 last:pr-4 sm:px-4 font-medium"
              >
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {resources.map((resource) => (
            <tr key={resource} className="border-b border-line last:border-b-0">
              <th scope="row" className="px-2 py-1.5 first:pl-4 last:pr-4 sm:px-4 align-middle font-normal">
                {resource === 'api-keys' ? 'API keys' : sentence(resource)}
              </th>
              {roles.map(({ id }) => {
                const has: ReadonlySet<string> = permissionsOf(id);
                const held = actions.filter((action) => has.has(`${resource}:${action}`));
                const isAll =
                  held.length === actions.filter((action) => all.includes(`${resource}:${action}`)).length;
                return (
                  <td key={id} className="px-2 py-1.5 first:pl-4 last:pr-4 sm:px-4 align-middle">
                    {held.length === 0 ? (
                      <span className="text-faint">none</span>
                    ) : (
                      <span className="flex items-center gap-1.5">
                        <Check aria-hidden className={isAll ? 'size-3.5 text-good' : 'size-3.5 text-info'} />
                        {held.includes('write') ? 'change' : 'see'}
                      </span>
                    )}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
