/** What putting evidence into a page, and serving the page, has to say. */
export const pageCommand = {
  'page-command.too-large': '{path}: {size} is too much to be put into a page; oomkit page {path} shows it without',
  'page-command.left-out':
    '{count|incident|incidents} left out: a page holds no more than these {shown}; choose with --pod, --container or --pid',
  'page-command.serving': 'the page is served to this machine only, until Ctrl-C',
  'page-command.no-browser': 'no browser could be opened: open the address in one',
  'page-command.unreadable': '{path}: the page cannot read {format}; oomkit diagnose {path} -o html makes a page that has it',
} as const;
