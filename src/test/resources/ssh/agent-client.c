/* Asks the agent at SSH_AUTH_SOCK for its keys (11) and then to drop them all (19); prints the kinds of both answers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int ask(int fd, unsigned char kind, unsigned char *answer) {
  unsigned char question[5] = {0, 0, 0, 1, kind};
  if (write(fd, question, 5) != 5 || read(fd, answer, 4) != 4) return -1;
  int length = answer[2] << 8 | answer[3];
  for (int got = 0; got < length;) {
    int n = read(fd, answer + got, length - got);
    if (n <= 0) return -1;
    got += n;
  }
  return answer[0];
}

int main(void) {
  unsigned char answer[65536];
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strncpy(address.sun_path, getenv("SSH_AUTH_SOCK"), sizeof address.sun_path - 1);
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  if (connect(fd, (struct sockaddr *)&address, sizeof address)) return perror("connect"), 1;
  int kind = ask(fd, 11, answer);
  printf("%d with %d keys\n", kind, answer[4]);
  printf("%d\n", ask(fd, 19, answer));
  printf("%d with %d keys\n", ask(fd, 11, answer), answer[4]);
  return 0;
}
