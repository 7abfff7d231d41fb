/**
 * What the options and words of known programs hold, where neither their names nor their looks tell. Sources: the programs' manual pages
 * and --help.
 */

/** What is known of a program's command line. */
export interface ProgramRules {
  /** Options whose value is a secret: behind them, or the next word. */
  readonly secret: ReadonlySet<string>;
  /** Those that take it behind them only: `mysql -pSECRET`, for `mysql -p NAME` asks and NAME is a database. */
  readonly attached: ReadonlySet<string>;
  /** Words in their order: `_` is kept, `*` hidden, `**` hidden with all after it. */
  readonly words: readonly (readonly string[])[];
}

/** `-p`: a secret. `-p=`: one that is attached. */
const OPTIONS: readonly (readonly [programs: string, options: string])[] = [
  [
    'mysql mysqladmin mysqlbinlog mysqlcheck mysqldump mysqlimport mysqlpump mysqlshow mysqlslap mysqlsh mariadb mariadb-admin ' +
      'mariadb-backup mariadb-dump mariadb-import mydumper myloader xtrabackup innobackupex',
    '-p=',
  ],
  ['mongo mongosh mongodump mongorestore mongoexport mongoimport mongostat mongotop mongofiles', '-p'],
  ['sqlcmd bcp osql isqlw sqsh tsql', '-P'],
  ['redis-cli redis-benchmark valkey-cli keydb-cli', '-a --pass'],
  [
    'cqlsh cypher-shell couchbase-cli cbbackupmgr arangosh beeline vsql nzsql exaplus snowsql hdbsql rabbitmqadmin twine az psexec',
    '-p',
  ],
  ['influx', '-p -t'],
  ['hydra medusa ncrack', '-p'],
  ['consul nomad serf', '-encrypt'],
  ['gitlab-runner', '-r'],
  ['memtier_benchmark', '-a --authenticate'],
  ['check_snmp', '-C'],
  ['check_http check_https check_curl', '-a'],
  ['check_mysql check_pgsql check_ldap', '-p'],
  ['vercel', '-t'],
  ['kaggle', '-k'],
  ['curl', '-u -U -b -E --user --proxy-user --cookie --cert'],
  ['http https xh xhs', '-a'],
  ['lftp ncftp ncftpget ncftpput ftp', '-u -p'],
  ['sshpass', '-p'],
  ['plink pscp psftp putty', '-pw'],
  ['ldapsearch ldapadd ldapmodify ldapdelete ldapmodrdn ldapcompare ldapexop ldapwhoami ldappasswd', '-w -s -a'],
  ['smbclient smbget smbcacls rpcclient net winexe wmiexec', '-U'],
  ['nxc crackmapexec netexec evil-winrm', '-p -H'],
  ['ipmitool', '-P -k -y'],
  ['ipmipower ipmi-sensors ipmi-sel ipmi-chassis ipmiconsole', '-p -P -k'],
  [
    'snmpwalk snmpget snmpset snmpbulkwalk snmpbulkget snmpgetnext snmptable snmptrap snmpinform snmpstatus snmpdf',
    '-c -A -X -3k -3m',
  ],
  ['zip zipcloak unzip', '-P'],
  ['7z 7za 7zr 7zz rar unrar', '-p= -hp='],
  ['openssl', '-k -K -pass -iv'],
  ['ssh-keygen', '-N -P'],
  ['keytool jarsigner', '-new'],
  ['kadmin kadmin.local', '-w'],
  ['mosquitto_pub mosquitto_sub mosquitto_rr', '-P'],
  ['nuget', '-ApiKey'],
  ['gem', '-k'],
  ['gh', '-b --body'],
  ['swaks', '-ap'],
  ['sendemail', '-xp'],
  ['xfreerdp wfreerdp rdesktop usermod useradd', '-p'],
  ['dotnet', '-k'],
  ['doctl', '-t'],
  ['security', '-w'],
  // Nothing of their own: they are known so that the rules of a program before them end, as in `sshpass -p SECRET ssh -p 2222`.
  ['psql pg_dump pg_restore pgbench ssh scp sftp rsync docker podman nerdctl kubectl helm git restic', ''],
];

/** Programs whose `-u` names a user and a group. */
const USER_AND_GROUP = new Set(
  'docker podman nerdctl crictl chpst su-exec gosu setpriv uwsgi start-stop-daemon daemonize unitd s6-setuidgid'.split(' '),
);

const WORDS: readonly string[] = [
  'htpasswd _ **',
  'openssl passwd *',
  'mosquitto_passwd _ _ *',
  'isql _ _ *',
  'vault login *',
  'vault unwrap *',
  'vault token lookup *',
  'vault token revoke *',
  'vault token renew *',
  'vault operator unseal *',
  'vault write _ **',
  'vault kv put _ **',
  'vault kv patch _ **',
  'bao login *',
  'consul kv put _ *',
  'etcdctl put _ *',
  'mc alias set _ _ * *',
  'mc config host add _ _ * *',
  'mc admin user add _ _ *',
  'rclone obscure *',
  'rabbitmqctl add_user _ *',
  'rabbitmqctl change_password _ *',
  'rabbitmqctl authenticate_user _ *',
  'redis-cli auth **',
  'valkey-cli auth **',
  'wpa_passphrase _ *',
  'cargo login *',
  'bw login _ *',
  'bitwarden login _ *',
  'bw unlock *',
  'ngrok authtoken *',
  'snyk auth *',
  'wandb login *',
  'flyctl auth token *',
  'redis-cli acl setuser _ **',
  'ngrok config add-authtoken *',
  'heroku config:set **',
  'fly secrets set **',
  'flyctl secrets set **',
  'doppler secrets set **',
  'gh auth login *',
  'poetry config _ _ *',
  'npm config set _ *',
  'pnpm config set _ *',
  'yarn config set _ *',
  'composer config _ _ *',
  'pulumi config set _ *',
  'nuget setapikey *',
  'nuget push _ *',
  'dotnet user-secrets set _ *',
  'ansible-vault encrypt_string *',
  'mysqladmin password *',
  'mariadb-admin password *',
  'db2 connect to _ user _ using *',
  'net user _ *',
  'net use _ **',
  'grafana-cli admin reset-admin-password *',
  'grafana cli admin reset-admin-password *',
  'ejabberdctl register _ _ *',
  'ejabberdctl change_password _ _ *',
  'prosodyctl register _ _ *',
  'smbpasswd _ *',
  'drush upwd _ *',
  'wifi connect _ password *',
];

const NONE: ProgramRules = { secret: new Set(), attached: new Set(), words: [] };

function tableOf(): ReadonlyMap<string, ProgramRules> {
  const table = new Map<string, ProgramRules>();
  for (const [programs, options] of OPTIONS) {
    const all = options.split(' ').filter((option) => option !== '');
    const attached = new Set(all.filter((option) => option.endsWith('=')).map((option) => option.slice(0, -1)));
    const secret = new Set(all.filter((option) => !option.endsWith('=')));
    for (const program of programs.split(' ')) table.set(program, { secret, attached, words: [] });
  }
  for (const line of WORDS) {
    const [program = '', ...words] = line.split(' ');
    const rules = table.get(program) ?? NONE;
    table.set(program, { ...rules, words: [...rules.words, words] });
  }
  return table;
}

const TABLE = tableOf();

/** What is known of a program, by its name without a directory, a version and an ending; undefined for others. */
export function rulesFor(program: string): ProgramRules | undefined {
  return (
    TABLE.get(program) ??
    TABLE.get(
      program
        .toLowerCase()
        .replace(/\.exe$/, '')
        .replace(/[-.]?\d+(?:\.\d+)*$/, ''),
    )
  );
}

/** Whether the value of the program's `--user` is of the form `user:group`. */
export function namesGroup(program: string): boolean {
  return USER_AND_GROUP.has(program);
}
