/*
 * Programs of known behaviour for the guest: each mode consumes one kind of memory until the kernel kills it.
 * usage: workload NAME MODE [ARGUMENT...]; NAME becomes the comm. Sizes are MiB. Built with gcc -static -O1 -pthread.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MIB (1024UL * 1024UL)

static void die(const char *what) {
  perror(what);
  exit(2);
}

static void pause_ms(long ms) {
  struct timespec t = {ms / 1000, (ms % 1000) * 1000000L};
  nanosleep(&t, NULL);
}

static void wait_forever(void) {
  for (;;) pause();
}

/* Says how much it holds, for those who look at the living, and keeps it. */
static void hold(unsigned long bytes) {
  FILE *out = fopen("/run/holds.new", "w");
  if (out == NULL) die("/run/holds.new");
  fprintf(out, "%lu\n", bytes);
  fclose(out);
  rename("/run/holds.new", "/run/holds");
  wait_forever();
}

/* Touches memory 1 MiB at a time, slowly enough for the sampler to see it grow. mib = 0 means without end. */
static void grow(unsigned long mib, int flags) {
  for (unsigned long i = 0; mib == 0 || i < mib; i++) {
    char *p = mmap(NULL, MIB, PROT_READ | PROT_WRITE, flags, -1, 0);
    if (p == MAP_FAILED) die("mmap");
    for (unsigned long at = 0; at < MIB; at += 4096) p[at] = (char)(i + at + 1);
    pause_ms(4);
  }
}

static void grow_anon(unsigned long mib) { grow(mib, MAP_PRIVATE | MAP_ANONYMOUS); }

/* One buffer of incompressible bytes, so that zram does not make it vanish. */
static char *noise(void) {
  char *buffer = malloc(MIB);
  unsigned seed = 1;
  for (unsigned long i = 0; i < MIB; i++) buffer[i] = (char)rand_r(&seed);
  return buffer;
}

static void write_file(const char *path, unsigned long mib) {
  int fd = open(path, O_CREAT | O_WRONLY | O_TRUNC, 0644);
  if (fd < 0) die(path);
  char *buffer = noise();
  for (unsigned long i = 0; mib == 0 || i < mib; i++) {
    if (write(fd, buffer, MIB) < 0) die("write");
    pause_ms(2);
  }
  free(buffer);
}

/* Reads a file through a small buffer: clean page cache. */
static void read_whole(const char *path, unsigned long mib) {
  int fd = open(path, O_RDONLY);
  static char buffer[65536];
  if (fd < 0) die(path);
  for (unsigned long at = 0; at < mib * MIB; at += sizeof buffer) {
    if (read(fd, buffer, sizeof buffer) != sizeof buffer) die("read");
  }
}

/* Asks for files that are not there: the kernel remembers each name. */
static void look_for_files(const char *directory, unsigned long count) {
  char path[256];
  for (unsigned long i = 0; i < count; i++) {
    snprintf(path, sizeof path, "%s/no-such-file-%lu", directory, i);
    access(path, F_OK);
  }
}

static void huge_pages(unsigned long mib) {
  unsigned long huge = 2 * MIB;
  char *p = mmap(NULL, mib * MIB + huge, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (p == MAP_FAILED) die("mmap");
  p = (char *)(((unsigned long)p + huge - 1) & ~(huge - 1));
  if (madvise(p, mib * MIB, MADV_HUGEPAGE) < 0) die("madvise");
  for (unsigned long at = 0; at < mib * MIB; at += huge) p[at] = 1;
}

/* Many writers of one file each: the shape of a download that unpacks into several files. */
static void write_many(const char *directory, unsigned long writers) {
  for (unsigned long i = 0; i < writers; i++) {
    if (fork() == 0) {
      char path[256], *buffer = noise();
      snprintf(path, sizeof path, "%s/part-%lu", directory, i);
      int fd = open(path, O_CREAT | O_RDWR | O_TRUNC, 0644);
      if (fd < 0) die(path);
      for (;;) if (write(fd, buffer, MIB) < 0) die("write");
    }
  }
}

/* The writers fill the cgroup with pages that wait for the disk; then the parent wants memory that nothing can give up. */
static void write_then_grow(const char *directory) {
  grow_anon(4);
  write_many(directory, 4);
  pause_ms(10000);
  grow_anon(0);
}

/* Dirties a file through a shared mapping: the pages are dirty before anybody can hold the writer back. */
static void write_mapped(const char *path, unsigned long mib) {
  int fd = open(path, O_CREAT | O_RDWR | O_TRUNC, 0644);
  if (fd < 0 || ftruncate(fd, (off_t)(mib * MIB)) < 0) die(path);
  char *p = mmap(NULL, mib * MIB, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (p == MAP_FAILED) die("mmap");
  for (;;) for (unsigned long at = 0; at < mib * MIB; at += 4096) p[at]++;
}

static void report(pid_t pid, const char *comm) {
  FILE *out = fopen("/run/dead", "a");
  if (out == NULL) die("/run/dead");
  fprintf(out, "%d %s\n", pid, comm);
  fclose(out);
}

static int killed(int status) { return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL; }

/* Notes the children that were killed, if block is 0 only those that are dead by now. Returns how many. */
static int reap(const char *comm, int block) {
  int status, count = 0;
  for (pid_t dead; (dead = waitpid(-1, &status, block && count == 0 ? 0 : WNOHANG)) > 0; count++) {
    if (killed(status)) report(dead, comm);
  }
  return count;
}

/* Forks children of mib each; once some were killed, all go, so that there are few reports. */
static void fork_many(unsigned long count, unsigned long mib, const char *comm) {
  setpgid(0, 0);
  int dead = 0;
  for (unsigned long i = 0; i < count && dead == 0; i++) {
    pid_t pid = fork();
    if (pid < 0) break;
    if (pid == 0) {
      prctl(PR_SET_NAME, comm);
      grow_anon(mib);
      wait_forever();
    }
    pause_ms(15);
    dead = reap(comm, 0);
  }
  if (dead == 0) reap(comm, 1);
  pause_ms(500);
  reap(comm, 0);
  kill(0, SIGKILL);
}

/* A main process that outlives its child's death and ends well: Kubernetes sees exit code 0. */
static void child_grows(const char *comm) {
  pid_t pid = fork();
  if (pid == 0) {
    prctl(PR_SET_NAME, comm);
    grow_anon(0);
  }
  int status;
  waitpid(pid, &status, 0);
  if (killed(status)) report(pid, comm);
  exit(0);
}

static void lock_file(const char *path, unsigned long mib) {
  int fd = open(path, O_CREAT | O_RDWR | O_TRUNC, 0644);
  if (fd < 0 || ftruncate(fd, (off_t)(mib * MIB)) < 0) die(path);
  char *p = mmap(NULL, mib * MIB, PROT_READ, MAP_SHARED, fd, 0);
  if (p == MAP_FAILED) die("mmap");
  for (unsigned long i = 0; i < mib; i++) {
    if (mlock(p + i * MIB, MIB) < 0) die("mlock");
    pause_ms(4);
  }
  hold(mib * MIB);
}

static void *idle(void *unused) {
  wait_forever();
  return unused;
}

static void threads(unsigned long count) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 16384);
  for (unsigned long i = 0; i < count; i++) {
    pthread_t thread;
    /* A thread may be refused without a kill; a page of any kind then brings it. */
    if (pthread_create(&thread, &attributes, idle, NULL) != 0) grow_anon(0);
  }
  wait_forever();
}

/* Reading one byte of each 2 MiB maps the shared zero page: a page table each, and nothing else. */
static void page_tables(unsigned long gib) {
  unsigned long size = gib * 1024 * MIB;
  volatile char *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (p == MAP_FAILED) die("mmap");
  madvise((void *)p, size, MADV_NOHUGEPAGE);
  char sum = 0;
  for (unsigned long at = 0; at < size; at += 2 * MIB) {
    sum = (char)(sum + p[at]);
    if (at % (512 * MIB) == 0) pause_ms(2);
  }
  fprintf(stderr, "%d\n", sum);
  hold(size / (2 * MIB) * 4096);
}

static void allow_files(void) {
  struct rlimit limit = {65536, 65536};
  setrlimit(RLIMIT_NOFILE, &limit);
}

/* Writes until nothing more goes in. Returns the bytes written. */
static unsigned long fill(int fd, const char *buffer) {
  unsigned long bytes = 0;
  fcntl(fd, F_SETFL, O_NONBLOCK);
  for (ssize_t n; (n = write(fd, buffer, 65536)) > 0;) bytes += (unsigned long)n;
  return bytes;
}

/* count = 0 means without end. */
static void pipes(unsigned long count) {
  char *buffer = noise();
  unsigned long bytes = 0;
  allow_files();
  for (unsigned long i = 0; count == 0 || i < count; i++) {
    int fds[2];
    if (pipe(fds) < 0) die("pipe");
    fcntl(fds[1], F_SETPIPE_SZ, MIB);
    bytes += fill(fds[1], buffer);
    pause_ms(5);
  }
  free(buffer);
  hold(bytes);
}

static void unix_sockets(unsigned long count) {
  char *buffer = noise();
  unsigned long bytes = 0;
  allow_files();
  for (unsigned long i = 0; count == 0 || i < count; i++) {
    int fds[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) < 0) die("socketpair");
    bytes += fill(fds[0], buffer);
    bytes += fill(fds[1], buffer);
    pause_ms(2);
  }
  free(buffer);
  hold(bytes);
}

/* Connections over loopback whose receiver never reads. Returns the bytes written. */
static unsigned long tcp_sockets(unsigned long count) {
  char *buffer = noise();
  unsigned long bytes = 0;
  allow_files();
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_port = htons(7000)};
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 128) < 0) die("listen");
  for (unsigned long i = 0; i < count; i++) {
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0) die("connect");
    accept(listener, NULL, NULL);
    bytes += fill(fd, buffer);
  }
  free(buffer);
  return bytes;
}

static void bind_memory(unsigned long node) {
  unsigned long mask = 1UL << node;
  if (syscall(SYS_set_mempolicy, 2 /* MPOL_BIND */, &mask, 8 * sizeof mask) < 0) die("set_mempolicy");
}

static size_t read_file(const char *directory, const char *file, char *out, size_t size) {
  char path[4200];
  snprintf(path, sizeof path, "%s/%s", directory, file);
  int fd = open(path, O_RDONLY);
  ssize_t n = fd < 0 ? 0 : read(fd, out, size - 1);
  if (fd >= 0) close(fd);
  out[n > 0 ? n : 0] = 0;
  return n > 0 ? (size_t)n : 0;
}

static long oom_kills(const char *directory) {
  char text[4096];
  if (read_file(directory, "memory.events", text, sizeof text) == 0) read_file(directory, "memory.oom_control", text, sizeof text);
  const char *at = strstr(text, "oom_kill ");
  return at == NULL ? 0 : atol(at + strlen("oom_kill "));
}

/* Keeps the cgroup's usage and memory.stat as they were last seen before a kill. */
static void sample(const char *directory, const char *out) {
  static char usage[64], stat[32768];
  for (;;) {
    if (read_file(directory, "memory.current", usage, sizeof usage) == 0)
      read_file(directory, "memory.usage_in_bytes", usage, sizeof usage);
    size_t length = read_file(directory, "memory.stat", stat, sizeof stat);
    if (length == 0 || oom_kills(directory) > 0) exit(0);
    FILE *file = fopen("/run/sample.new", "w");
    if (file == NULL) die("/run/sample.new");
    fprintf(file, "usage %s%s", usage, stat);
    fclose(file);
    rename("/run/sample.new", out);
    pause_ms(10);
  }
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  prctl(PR_SET_NAME, argv[1]);
  const char *mode = argv[2];
  const char *text = argc > 3 ? argv[3] : "";
  unsigned long number = argc > 4 ? strtoul(argv[4], NULL, 10) : strtoul(text, NULL, 10);
  if (!strcmp(mode, "idle")) hold(0);
  if (!strcmp(mode, "anon")) grow_anon(number), hold(number * MIB);
  if (!strcmp(mode, "shared")) grow(0, MAP_SHARED | MAP_ANONYMOUS);
  if (!strcmp(mode, "file")) write_file(text, number), exit(0);
  if (!strcmp(mode, "keep-file")) write_file(text, number), hold(number * MIB);
  if (!strcmp(mode, "read-file")) read_whole(text, number), hold(number * MIB);
  if (!strcmp(mode, "missing-files")) look_for_files(text, number), hold(number * 192 /* sizeof(struct dentry) */);
  if (!strcmp(mode, "huge-pages")) huge_pages(number), hold(number * MIB);
  if (!strcmp(mode, "file-and-anon")) write_file(text, number), grow_anon(0);
  if (!strcmp(mode, "anon-and-file")) grow_anon(number), write_file(text, 0);
  if (!strcmp(mode, "anon-and-files")) grow_anon(number), write_many(text, 4), wait_forever();
  if (!strcmp(mode, "files-then-anon")) write_then_grow(text);
  if (!strcmp(mode, "mapped-file")) write_mapped(text, number);
  if (!strcmp(mode, "forks")) fork_many(strtoul(text, NULL, 10), 2, argv[1]);
  if (!strcmp(mode, "child")) child_grows(text);
  if (!strcmp(mode, "mlock")) lock_file(text, number);
  if (!strcmp(mode, "threads")) threads(number);
  if (!strcmp(mode, "page-tables")) page_tables(number);
  if (!strcmp(mode, "pipes")) pipes(number);
  if (!strcmp(mode, "unix-sockets")) unix_sockets(number);
  if (!strcmp(mode, "tcp")) hold(tcp_sockets(number));
  if (!strcmp(mode, "tcp-and-anon")) tcp_sockets(number), grow_anon(0);
  if (!strcmp(mode, "bind-node")) bind_memory(number), grow_anon(0);
  if (!strcmp(mode, "sample")) sample(text, argv[4]);
  fprintf(stderr, "unknown mode %s\n", mode);
  return 2;
}
