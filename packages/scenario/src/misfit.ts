import type { Machine, Operation } from '@busward/core';
import { match, P } from 'ts-pattern';

/** Why an operation means nothing on a machine, and what to do; `undefined` where it does. */
export const misfitOf = (operation: Operation, machine: Machine): string | undefined =>
  match(operation)
    .with({ do: 'set type' }, () =>
      machine.types ? undefined : 'the groups have no types that could be set; say `type:` of the machine',
    )
    .with({ do: P.union('set override', 'clear override', 'take over') }, () =>
      machine.overrides ? undefined : 'driver_override is no state here; say `overrides: true` of the machine',
    )
    .otherwise(() => undefined);
