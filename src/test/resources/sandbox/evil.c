/* A library to preload: says on the host's disk that it was loaded. */
#include <fcntl.h>
#include <unistd.h>

__attribute__((constructor)) static void loaded(void) {
  int fd = open(MARK, O_CREAT | O_WRONLY, 0666);
  if (fd >= 0) close(fd);
}
