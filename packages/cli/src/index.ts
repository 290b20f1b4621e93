#!/usr/bin/env node
// Before anything else runs. What follows is imported when that is done: a bundler does not keep the order of static imports.
// oxlint-disable-next-line import/no-unassigned-import -- it is for what it does
import './optimize-later.ts';

await import('./command-line.ts');
