export { KernelLogParser, type KernelLogParserOptions, type KernelLogStats, parseKernelLog } from './parser.js';
