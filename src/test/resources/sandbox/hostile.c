/* What a command may try, and a shell cannot say. One word chooses. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* The double chroot: lists whatever it can reach as "/". */
static int escape(void) {
  mkdir("/esc", 0755);
  if (chroot("/esc")) {
    perror("chroot");
    return 1;
  }
  for (int i = 0; i < 200; i++) {
    if (chdir("..")) perror("chdir");
  }
  if (chroot(".")) perror("chroot again");
  DIR *d = opendir("/");
  struct dirent *e;
  while (d && (e = readdir(d))) printf("%s ", e->d_name);
  puts("");
  return 0;
}

/* Climbs up from a directory: out of a root, if it lies outside. */
static int above(const char *directory) {
  int from = open(directory, O_RDONLY | O_DIRECTORY);
  if (from < 0) return 1;
  puts(openat(from, "../../../../../../../../var", O_RDONLY) < 0 ? "inside" : "outside");
  return 0;
}

/* A system call that must be refused, whatever its other arguments. */
static int refused(const char *name, long result) {
  if (result == -1 && (errno == EPERM || errno == ENOSYS)) return 0;
  printf("%s: %ld %s\n", name, result, strerror(errno));
  return 1;
}

static long child(long pid) {
  if (pid == 0) _exit(0);
  if (pid > 0) waitpid(pid, NULL, __WCLONE | __WALL);
  return pid;
}

/* Succeeds when any of the calls is let through. */
static int calls(void) {
  int through = 0;
  char memory[256] = {0};
  struct clone_args clone3 = {.flags = CLONE_NEWUSER, .exit_signal = 17};
  through |= refused("clone", child(syscall(SYS_clone, CLONE_NEWUSER | 17, 0, 0, 0, 0)));
  through |= refused("clone3", child(syscall(SYS_clone3, &clone3, sizeof clone3)));
  through |= refused("keyctl", syscall(SYS_keyctl, 0, -3, 1, 0, 0));
  through |= refused("add_key", syscall(SYS_add_key, "user", "breach", "x", 1, -3));
  through |= refused("request_key", syscall(SYS_request_key, "user", "breach", 0, -3));
  through |= refused("userfaultfd", syscall(SYS_userfaultfd, 1));
  through |= refused("io_uring_setup", syscall(SYS_io_uring_setup, 1, memory));
  through |= refused("perf_event_open", syscall(SYS_perf_event_open, memory, 0, -1, -1, 0));
  through |= refused("socket of vsock", socket(40, SOCK_STREAM, 0));
  through |= refused("bpf", syscall(SYS_bpf, 0, memory, sizeof memory));
#ifdef __x86_64__
  /* The same by the door of 32-bit processes, and by the numbers of x32. */
  int result;
  __asm__ volatile("int $0x80" : "=a"(result) : "a"(310), "b"(CLONE_NEWUSER) : "memory");
  if (result >= 0) {
    puts("unshare of i386");
    through = 1;
  }
  __asm__ volatile("int $0x80" : "=a"(result) : "a"(359), "b"(40), "c"(1), "d"(0) : "memory");
  if (result != -EPERM) {
    printf("socket of i386: %d\n", result);
    through = 1;
  }
  through |= refused("unshare of x32", syscall(0x40000000 + SYS_unshare, CLONE_NEWUSER));
#endif
  /* Last, because it would let the others through. */
  through |= refused("unshare", syscall(SYS_unshare, CLONE_NEWUSER));
  return !through;
}

int main(int argc, char **argv) {
  const char *what = argc > 1 ? argv[1] : "";
  if (!strcmp(what, "escape")) return escape();
  if (!strcmp(what, "calls")) return calls();
  if (!strcmp(what, "above")) return above(argv[2]);
  if (!strcmp(what, "euid")) return printf("%d\n", (int)geteuid()) < 0;
  if (!strcmp(what, "crash")) return *(volatile int *)(long)argc * 0 + *(volatile int *)0;
  return 2;
}
