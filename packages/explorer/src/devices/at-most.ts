import { PluginError, type Principle } from '@busward/core';
import type { Compiled } from '../compile.ts';
import { visiting, type Violation } from '../explore.ts';
import { judgesOf } from '../judges.ts';
import { likeUsersOf } from '../users/like-users.ts';
import { supposingAlike } from '../users/supposing-alike.ts';
import type { Watched } from '../watched.ts';
import { agree, Unlike } from './agree.ts';
import { exchangeOf, type Exchange } from './exchange.ts';
import { devicesInOrder } from './in-order.ts';
import { brokenAtMost } from './orbits.ts';
import { tablesOf } from './quotient.ts';

/** What can be broken in a system, by whom, and nothing else; not how. */
export interface AtMost {
  readonly states: number;
  readonly transitions: number;
  readonly broken: readonly Pick<Violation, 'principle' | 'device'>[];
  readonly exchange: Exchange;
  /** The tables that were searched, with steps taken together. */
  readonly together: Compiled;
  /** Users of whom it does not matter who is who. */
  readonly alike?: readonly (readonly string[])[];
}

/** States after which tables in linear memory pay: putting devices in order takes JavaScript long. */
const LINEAR_AFTER = 1_000;

/**
 * Visits, with steps taken together, one of all states that differ only in which of the like devices is where, and who of like
 * users is who. Devices that core knows nothing different of are taken to be alike, whatever bus they are on, until tables
 * disagree. Nothing if no devices are alike, if there are more than `maxStates`, or if a count leaves its range that nobody judges.
 */
export function* lookingAtMost(
  compiled: Compiled,
  principles: readonly Principle[],
  maxStates: number,
  linearAfter = LINEAR_AFTER,
): Watched<AtMost | undefined> {
  const judges = judgesOf(compiled.system, principles, 'bothWays');
  // What others judge may depend on the bus.
  const loosely = judges.ours ? exchangeOf(compiled, 'loosely') : undefined;
  if (loosely && loosely.arrangements.length > 0)
    try {
      return yield* looking(loosely);
    } catch (error) {
      // What a plugin throws then may be thrown where the system never comes.
      if (!(error instanceof PluginError || error instanceof Unlike)) throw error;
    }
  const strictly = exchangeOf(compiled);
  return strictly && (yield* looking(strictly));

  function* looking(exchange: Exchange): Watched<AtMost | undefined> {
    if (exchange.orders === 1) return undefined;
    const { likeUsers: supposed, ...apart } = compiled;
    const likeUsers = supposed && likeUsersOf(apart, exchange.devices);
    const likeDevices = devicesInOrder(apart, exchange.devices);
    const [together] = tablesOf(apart, judges);
    const search = supposingAlike({ ...together, likeDevices, ...(likeUsers && { likeUsers }) }, (one) =>
      visiting(one, judges, { maxStates }, linearAfter),
    );
    let far = search.next();
    for (let reports = 0; !far.done; reports++) {
      // Most that are not alike show it at once, if one arrangement is asked.
      if (reports === 1) seeThatAlike(exchange.arrangements.slice(-1));
      far = search.next(yield far.value);
    }
    const { found, states, transitions, complete, alike } = far.value;
    if (!complete) return undefined;
    // After that of users, who are exchanged in what came up, and devices in all of it.
    seeThatAlike(exchange.arrangements);
    return {
      states,
      transitions,
      broken: brokenAtMost(found, exchange),
      exchange,
      together,
      ...(alike && { alike }),
    };

    function seeThatAlike(arrangements: Exchange['arrangements']): void {
      if (!agree(together, arrangements)) throw new Unlike();
    }
  }
}
