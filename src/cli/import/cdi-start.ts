/** The options that every program of CDI's takes for its log: klog's. The controller passes `-v=1`, the image's entry point one more. */
const LOG_OPTION =
  /^--?(?:v|vmodule|alsologtostderr|logtostderr|stderrthreshold|one_output|skip_headers|skip_log_headers|add_dir_header|log_backtrace_at|log_dir|log_file|log_file_max_size)(?:=.*)?$/;

/** Whether this is CDI's controller that starts its importer: by an environment, without a command. */
export function isCdiStart(args: readonly string[], env: NodeJS.ProcessEnv): boolean {
  return env.IMPORTER_SOURCE !== undefined && args.every((arg) => LOG_OPTION.test(arg));
}
