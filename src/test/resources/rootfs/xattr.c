/* xattr NAME HEX FILE: sets an extended attribute; xattr NAME FILE: takes it away. */
#include <stdio.h>
#include <string.h>
#include <sys/xattr.h>

int main(int argc, char **argv) {
  unsigned char value[65536];
  size_t length = 0;
  int failed;
  if (argc == 3) {
    failed = lremovexattr(argv[2], argv[1]);
  } else if (argc == 4) {
    const char *hex = argv[2];
    for (; length < sizeof value && sscanf(hex + 2 * length, "%2hhx", value + length) == 1; length++) {
      if (2 * length + 2 > strlen(hex)) break;
    }
    failed = lsetxattr(argv[3], argv[1], value, length, 0);
  } else {
    return 2;
  }
  if (failed) perror(argv[argc - 1]);
  return failed != 0;
}
