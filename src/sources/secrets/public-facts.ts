import type { ProcessMemory, RecordedMoment, WritableFile } from '../../model/index.js';
import { redactCommandLine, redactText } from './command-line.js';

/**
 * Facts of processes without the secrets of their command lines and files. All that was observed passes here before it is shown, printed
 * or put into a file; and so does what an older oomkit, which knew fewer secrets, put into one.
 */
export function publicProcess(process: ProcessMemory): ProcessMemory {
  return { ...process, commandLine: redactCommandLine(process.commandLine) };
}

/** A file without the secrets in its path, and in what is mounted there: `https://user:password@dav.example`. */
export function publicFile(file: WritableFile): WritableFile {
  const { path, mountSource } = file;
  return { ...file, path: redactText(path), ...(mountSource === undefined ? {} : { mountSource: redactText(mountSource) }) };
}

export function publicMoment(moment: RecordedMoment): RecordedMoment {
  const { processes, writableFiles } = moment;
  return { ...moment, processes: processes.map(publicProcess), writableFiles: writableFiles.map(publicFile) };
}
