import { defineStrategy } from '../contract/define-strategy.ts';
import { linux73 } from './linux-7.3.ts';
import { surroundingsOf } from './surroundings-of-linux.ts';

/** S8 before a reset was fenced. 6.18 was recorded and not read: by date alone it is this one, and not 7.3. */
export const linux615 = defineStrategy({
  ...linux73,
  name: '6.15',
  says: 'as 7.3; a reset is not fenced, and a write of driver_override waits for the device',
  source: 'bcb81ac6ae3c, c279e83953d9; no tree between 6.12.117 and 7.3.4 was read',
  surroundings: surroundingsOf['6.15'],
});
