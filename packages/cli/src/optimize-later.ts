/*
 * V8 up to Node 20 optimizes what has run for some 0.2 MB of bytecode, which in a command of a few seconds is nearly everything: of
 * `compare` on the 163-device log 43 % of the CPU time was its optimizing compiler (`perf record`, Node 20.20). What is hot in a
 * search is so for gigabytes, and loses nothing by waiting for fifteen times as much. From Node 22 on there is a cheaper compiler in between,
 * and no such flag.
 */
import { setFlagsFromString } from 'node:v8';

if (process.versions.v8.startsWith('11.')) setFlagsFromString('--interrupt-budget=1000000');
