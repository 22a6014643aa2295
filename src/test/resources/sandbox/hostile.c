/* What a command may try, and a shell cannot say. One word chooses. */
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
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

int main(int argc, char **argv) {
  const char *what = argc > 1 ? argv[1] : "";
  if (!strcmp(what, "escape")) return escape();
  if (!strcmp(what, "euid")) return printf("%d\n", (int)geteuid()) < 0;
  if (!strcmp(what, "crash")) return *(volatile int *)(long)argc * 0 + *(volatile int *)0;
  return 2;
}
